import { z } from "zod";
import { pathInProject, plainText } from "./value_types.ts";

/**
 * Section `project`: the name and the folders of a project.
 *
 * @internal
 */
export const projectSection = z.strictObject({
  name: plainText.default("project").describe("Name of the project, shown in reports"),
  database_path: pathInProject.default("db/cutoutdb.sqlite").describe("The project's SQLite database"),
  data_root: pathInProject.default("data").describe("Folder of cutouts and partial downloads"),
  cache_root: pathInProject.default("cache").describe("Folder of what can be fetched again"),
  log_root: pathInProject.default("logs").describe("Folder of the logs of runs"),
}).prefault({}).describe("Name and folders of the project; all paths lie inside the project directory");
