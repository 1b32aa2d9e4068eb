import { NavLink } from 'react-router';
import { Icon } from '../components/Icon.jsx';

const badgeWords = { down: (count) => `${count} down`, restart: () => 'restart', incidents: (count) => count };

/** A page of the app, or (`outside`) a page the server renders itself. */
export const PageLink = ({ page, counts, iconSize = 16, short = false, ...rest }) => {
  const count = page.badge ? counts[page.badge] : 0;
  const content = (
    <>
      <Icon name={page.icon} size={iconSize} />
      <span>{page.label}</span>
      {count > 0 && <span className={`count ${page.badge}`}>{short ? count : badgeWords[page.badge](count)}</span>}
    </>
  );
  if (page.outside) return <a href={page.path} {...rest}>{content}</a>;
  return <NavLink to={page.path} end={page.end} {...rest}>{content}</NavLink>;
};
