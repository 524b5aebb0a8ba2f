/** More is in the bundle; this is enough to recognise it by. */
const longestShown = 160;

/** A value as PostgreSQL writes it. */
export function Value({ text, isLong = false }: { text: string | null; isLong?: boolean }) {
  if (text === null) return <span className="text-soft italic">null</span>;
  if (text === "") return <span className="text-soft italic">empty</span>;
  const shown = isLong || text.length <= longestShown ? text : `${text.slice(0, longestShown)}…`;
  return <span title={shown === text ? undefined : text}>{shown}</span>;
}
