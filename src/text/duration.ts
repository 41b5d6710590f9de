/** A duration for people: `0.4 s`, `12 s`, `3:05 min`, `2:03 h`. A clock that was put back gives none below zero. */
export function duration(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)}:${pad(whole % 60)} min`;
  const minutes = Math.round(whole / 60);
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)}:${pad(minutes % 60)} h`;
  return `${Math.round(minutes / 60 / 24)} days`;
}

/** An amount in a few characters: `850`, `1.2k`, `48k`, `1.3M`. */
export function amount(count: number): string {
  if (count < 1_000) return String(count);
  if (count < 9_950) return `${(count / 1_000).toFixed(1)}k`;
  if (count < 999_500) return `${Math.round(count / 1_000)}k`;
  return `${(count / 1_000_000).toFixed(1)}M`;
}

function pad(value: number): string {
  return String(value).padStart(2, "0");
}
