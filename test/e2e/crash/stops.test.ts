import { killAtEveryPoint } from "./every-point.ts";
import { STOPS } from "./scripts.ts";

killAtEveryPoint(STOPS);
