import type { Firing, Schedule } from "../schedules/schedule.ts";
import type { ScheduleRecord } from "../store-record.ts";

/** What follows from the records about schedules: each that is not over, as it stands. */
export class SchedulesState {
  /** By id. */
  readonly all = new Map<string, Schedule>();
  /** The highest number so far. */
  lastNumber = 0;

  apply(record: ScheduleRecord): void {
    switch (record.k) {
      case "scheduled": {
        const { schedule } = record;
        // It is known, and may have gone further or be over.
        if (schedule.number <= this.lastNumber) return;
        this.lastNumber = schedule.number;
        this.all.delete(schedule.id);
        this.all.set(schedule.id, schedule);
        return;
      }
      case "rescheduled": {
        const { schedule } = record;
        const known = this.all.get(schedule.id);
        if (known?.number === schedule.number && known.runs <= schedule.runs)
          this.all.set(schedule.id, schedule);
        return;
      }
      case "unscheduled":
        this.all.delete(record.id);
    }
  }

  /** One of them has become a job. */
  fired({ id, after }: Firing): void {
    if (after === null) this.all.delete(id);
    else if (this.all.get(id)?.number === after.number) this.all.set(id, after);
  }

  /** The fewest records that give the schedules again. */
  records(): ScheduleRecord[] {
    return [...this.all.values()].map((schedule) => ({ k: "scheduled", schedule, updates: [] }));
  }
}
