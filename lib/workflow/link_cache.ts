import type { LinkCache } from "../archive/datalink_resolver.ts";
import type { DatasetLinks } from "../archive/dataset_links.ts";
import { DatalinkTable } from "../store/datalinks.ts";
import type { Project } from "./project.ts";

/** Files stay where they are; the list of calibration files may change with a reprocessing. */
const VALID_DAYS = 30;

/** The resolved DataLink documents of a project, kept in its database. */
export function projectLinkCache(project: Project): LinkCache {
  const table = new DatalinkTable(project.database);
  const since = new Date(Date.now() - VALID_DAYS * 86_400_000).toISOString();
  return {
    get(url) {
      const json = table.find(url, since);
      return json === undefined ? undefined : JSON.parse(json) as DatasetLinks;
    },
    set(url, links) {
      table.set(url, JSON.stringify(links), new Date().toISOString());
    },
  };
}
