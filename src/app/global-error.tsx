"use client";

/** Stands in for the whole document, so it cannot count on styles. */
export default function GlobalError({ reset }: { error: Error; reset: () => void }) {
  return (
    <html lang="en">
      <body>
        <main>
          <h1>The application could not be shown</h1>
          <p>Something went wrong. The server&apos;s log says more.</p>
          <button type="button" onClick={reset}>
            Try again
          </button>
        </main>
      </body>
    </html>
  );
}
