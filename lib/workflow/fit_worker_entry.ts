/** The file that a worker of a run starts with. @module */
import { startFitWorker } from "./fit_worker.ts";

startFitWorker();
