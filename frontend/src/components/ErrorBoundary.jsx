import { Button } from '@mantine/core';
import { Component } from 'react';
import { problemReport, problemWords } from '../lib/problem.js';
import { CopyButton } from './CopyButton.jsx';

/** Catches a fault while drawing: the rest of the app goes on, and the fault can be reported. */
export class ErrorBoundary extends Component {
  state = { error: null };

  static getDerivedStateFromError(error) {
    return { error };
  }

  componentDidUpdate(previous) {
    if (this.state.error && previous.resetKey !== this.props.resetKey) this.setState({ error: null });
  }

  render() {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <section className="card state" role="alert">
        <h2 className="strong">This page could not be drawn.</h2>
        <p className="mid">{problemWords(error)}</p>
        {error.requestId && <p className="small dim">Request <span className="mono">{error.requestId}</span></p>}
        <div className="row">
          <Button onClick={() => this.setState({ error: null })}>Draw it again</Button>
          <CopyButton text={problemReport(error)} size="md" variant="subtle">Copy details</CopyButton>
        </div>
      </section>
    );
  }
}
