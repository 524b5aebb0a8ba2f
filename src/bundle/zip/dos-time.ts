export interface DosTime {
  time: number;
  date: number;
}

/** Two-second steps from 1980 to 2107, written in UTC since the format has no zone. Clamped to that range. */
export function toDosTime(moment: Date): DosTime {
  const year = moment.getUTCFullYear();
  if (year < 1980) return { time: 0, date: (1 << 5) | 1 };
  if (year > 2107) return { time: (23 << 11) | (59 << 5) | 29, date: (127 << 9) | (12 << 5) | 31 };
  return {
    time: (moment.getUTCHours() << 11) | (moment.getUTCMinutes() << 5) | (moment.getUTCSeconds() >> 1),
    date: ((year - 1980) << 9) | ((moment.getUTCMonth() + 1) << 5) | moment.getUTCDate(),
  };
}
