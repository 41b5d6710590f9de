import { killAtEveryPoint } from "./every-point.ts";
import { ANSWERS } from "./scripts.ts";

killAtEveryPoint(ANSWERS, { fromTheStart: true });
