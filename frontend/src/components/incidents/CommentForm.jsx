import { Button, Textarea } from '@mantine/core';
import { useState } from 'react';
import { problemWords } from '../../lib/problem.js';
import { GuardedButton } from '../GuardedButton.jsx';
import styles from './timeline.module.css';

/** Something to say to the others. `onSend(text, {onSuccess})`; what is typed stays until it was taken. */
export const CommentForm = ({ allowed, pending, problem, onSend }) => {
  const [text, setText] = useState('');
  const submit = (event) => {
    event.preventDefault();
    if (text.trim()) onSend(text.trim(), { onSuccess: () => setText('') });
  };
  const onKeyDown = (event) => (event.ctrlKey || event.metaKey) && event.key === 'Enter' && submit(event);
  const Send = allowed ? Button : GuardedButton;
  return (
    <form className={styles.comment} onSubmit={submit}>
      <Textarea aria-label="Comment" placeholder="Add a comment for the others" autosize minRows={1} maxRows={8} maxLength={2000} value={text} onChange={(event) => setText(event.currentTarget.value)} onKeyDown={onKeyDown} disabled={!allowed}
        error={problem ? problem.field?.('comment') || problemWords(problem) : undefined} />
      <Send type="submit" loading={pending} {...(!allowed && { allowed, needs: 'operator' })}>Comment</Send>
    </form>
  );
};
