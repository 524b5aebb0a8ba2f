/** Read out whenever its text changes, and never seen. It has to be there before there is something to say. */
export function LiveRegion({ message }: { message: string }) {
  return (
    <span role="status" aria-live="polite" className="sr-only">
      {message}
    </span>
  );
}
