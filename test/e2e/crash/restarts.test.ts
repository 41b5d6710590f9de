import { killAtEveryPoint } from "./every-point.ts";
import { RESTARTS } from "./scripts.ts";

killAtEveryPoint(RESTARTS);
