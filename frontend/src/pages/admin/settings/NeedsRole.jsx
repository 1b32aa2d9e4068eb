/** In place of a whole tab that a role may not see: who can grant it. */
export const NeedsRole = ({ title, role, children }) => (
  <section className="card state">
    <h2 className="strong">{title}</h2>
    <p className="mid">{children} Needs the {role} role. An admin can give it to you under Users.</p>
  </section>
);
