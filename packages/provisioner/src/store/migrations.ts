import type { Knex } from 'knex';
import { tokenReach } from './access-tables.ts';
import { backups, receipts, retirement, undoneRestores } from './backup-tables.ts';
import { quotas } from './billing-tables.ts';
import { hosting, locations, renamedFrom, successors, suspension } from './branch-columns.ts';
import { cells, openOperations } from './cell-tables.ts';
import { moreConditions, publicNames } from './condition-tables.ts';
import { events } from './event-tables.ts';
import { externalServers } from './external-tables.ts';
import {
	catalogueNetworks,
	clients,
	contacts,
	first,
	homes,
	libraryStaff,
	signIn,
	signInAlerts,
	signingKeys,
	teens,
	totalsOnly,
	witnesses,
} from './first-tables.ts';
import { histories } from './history-tables.ts';
import { homeKeys } from './home-key-tables.ts';
import { homeLeases } from './home-lease-tables.ts';
import { homeReleases } from './home-release-tables.ts';
import { imports } from './import-tables.ts';
import { moves } from './move-tables.ts';
import { namespaces } from './namespace-tables.ts';
import { libraryBodies, libraryRecords } from './records-table.ts';
import { reports } from './report-columns.ts';
import { rosterProposals } from './roster-tables.ts';
import { routes } from './route-tables.ts';
import { backupSchedules } from './schedule.ts';
import { liveConsole } from './signed-out.ts';
import { amiss, soughtByOwner } from './sought-tables.ts';
import { staffSignIn } from './staff-sign-in-tables.ts';
import { teams, teamWaiting } from './team-tables.ts';
import { undoneUpgrades, upgradeHours, upgrades } from './upgrade-tables.ts';

/** The migrations, in order; a name is for ever. */
const STEPS: readonly { name: string; up(database: Knex): Promise<void> }[] = [
	{ name: '0001-first', up: first },
	{ name: '0002-teens', up: teens },
	{ name: '0003-sign-in', up: signIn },
	{ name: '0004-witnesses', up: witnesses },
	{ name: '0005-clients', up: clients },
	{ name: '0006-homes', up: homes },
	{ name: '0007-totals-only', up: totalsOnly },
	{ name: '0008-library-staff', up: libraryStaff },
	{ name: '0010-contacts', up: contacts },
	{ name: '0011-catalogue-networks', up: catalogueNetworks },
	{ name: '0012-signing-keys', up: signingKeys },
	{ name: '0012-sign-in-alerts', up: signInAlerts },
	{ name: '0013-suspension', up: suspension },
	{ name: '0014-backups', up: backups },
	{ name: '0014-retirement', up: retirement },
	{ name: '0014-upgrades', up: upgrades },
	{ name: '0015-records', up: libraryRecords },
	{ name: '0015-bodies', up: libraryBodies },
	{ name: '0017-teams', up: teams },
	{ name: '0026-team-waiting', up: teamWaiting },
	{ name: '0016-external-servers', up: externalServers },
	{ name: '0018-roster-proposals', up: rosterProposals },
	{ name: '0031-token-reach', up: tokenReach },
	{ name: '0032-staff-sign-in', up: staffSignIn },
	{ name: '0021-cells', up: cells },
	{ name: '0020-namespaces', up: namespaces },
	{ name: '0021-routes', up: routes },
	{ name: '0019-moves', up: moves },
	{ name: '0019-schedules', up: backupSchedules },
	{ name: '0021-open-operations', up: openOperations },
	{ name: '0033-hosting', up: hosting },
	{ name: '0027-undone-upgrades', up: undoneUpgrades },
	{ name: '0028-locations', up: locations },
	{ name: '0029-imports', up: imports },
	{ name: '0034-events', up: events },
	{ name: '0030-quotas', up: quotas },
	{ name: '0034-reports', up: reports },
	{ name: '0035-upgrade-hours', up: upgradeHours },
	{ name: '0037-receipts', up: receipts },
	{ name: '0038-successors', up: successors },
	{ name: '0042-sought', up: soughtByOwner },
	{ name: '0043-histories', up: histories },
	{ name: '0039-renamed-from', up: renamedFrom },
	{ name: '0044-amiss', up: amiss },
	{ name: '0045-home-releases', up: homeReleases },
	{ name: '0048-more-conditions', up: moreConditions },
	{ name: '0047-home-leases', up: homeLeases },
	{ name: '0049-public-names', up: publicNames },
	{ name: '0053-live-console', up: liveConsole },
	{ name: '0050-home-keys', up: homeKeys },
	{ name: '0051-undone-restores', up: undoneRestores },
];

/** Migrations that are code and not files found on a disk. */
export const migrations: Knex.MigrationSource<(typeof STEPS)[number]> = {
	getMigrations: async () => [...STEPS],
	getMigrationName: (step) => step.name,
	getMigration: async (step) => ({ up: step.up, down: async () => undefined }),
};
