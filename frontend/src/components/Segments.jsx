/** One of a few: `choices` is a list of [value, word]. */
export const Segments = ({ label, value, choices, onChange }) => (
  <div className="seg" role="group" aria-label={label}>
    {choices.map(([choice, word]) => (
      <button key={choice} type="button" aria-pressed={choice === value} onClick={() => onChange(choice)}>
        {word}
      </button>
    ))}
  </div>
);
