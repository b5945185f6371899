import type { MachineCheck } from './machine-check.ts';

/** What to do about a clock. */
export const KEEP = 'Let the system keep its clock by others: timedatectl set-ntp true';

/** A machine in production whose clock nobody keeps right. A town is on somebody's own computer, whose clock is theirs. */
export const checkTimekeeping: MachineCheck = async ({ door }, { clockIsKept }) =>
	door === null || (await clockIsKept())
		? []
		: [{ where: 'this machine', wrong: 'Nobody keeps its clock right.', mend: KEEP }];
