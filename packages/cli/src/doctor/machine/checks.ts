import type { Checks } from '../findings.ts';
import { checkCertificates } from './certificates.ts';
import { checkClocks } from './clocks.ts';
import { checkCopies } from './copies.ts';
import { checkDataFolders } from './data-folders.ts';
import { checkDatabases } from './databases.ts';
import { checkDisks } from './disks.ts';
import type { MachineCheck } from './machine-check.ts';
import { checkNames } from './names.ts';
import { checkOurs } from './ours.ts';
import { checkProcesses } from './processes.ts';
import { checkSecrets } from './secrets.ts';
import { checkTimekeeping } from './timekeeping.ts';

/** What is looked at on a computer with an installation. */
export const MACHINE_CHECKS: Checks<MachineCheck> = [
	['settings', async ({ faults }) => faults],
	['secrets', checkSecrets],
	['folders', checkDataFolders],
	['disks', checkDisks],
	['databases', checkDatabases],
	['processes', checkProcesses],
	['ours', checkOurs],
	['names', checkNames],
	['certificates', checkCertificates],
	['clocks', checkClocks],
	['timekeeping', checkTimekeeping],
	['copies', checkCopies],
];
