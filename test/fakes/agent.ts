/** What an agent of a test offers unless it says otherwise. */
export const OFFERS_NOTHING = { slashCommands: async () => [], models: async () => [] };

/** What a turn of a test does unless it says otherwise. */
export const PASSIVE = {
  answer: () => false,
  steer: async () => false,
  setMode: async () => false,
  activity: async () => ({ processes: 0, cpuMs: 0 }),
};
