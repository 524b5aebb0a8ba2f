/** More is in the bundle; this is enough to recognise it by. */
const longestShown = 160;

/** Names, ids, times: told apart at a glance only in one piece. */
const longestOnOneLine = 40;

/** A value as PostgreSQL writes it. */
export function Value({ text }: { text: string | null }) {
  if (text === null) return <span className="text-soft italic">null</span>;
  if (text === "") return <span className="text-soft italic">empty</span>;
  const shown = text.length <= longestShown ? text : `${text.slice(0, longestShown)}…`;
  return (
    <span title={shown === text ? undefined : text} className={text.length <= longestOnOneLine ? "whitespace-nowrap" : "block min-w-56"}>
      {shown}
    </span>
  );
}
