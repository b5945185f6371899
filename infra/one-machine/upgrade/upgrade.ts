import {
	existsSync,
	lstatSync,
	mkdirSync,
	realpathSync,
	renameSync,
	rmSync,
	statfsSync,
	statSync,
	symlinkSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { sendByFetch } from '@understory/api-client/send.ts';
import { findingsOf } from '@understory/cli/doctor/findings.ts';
import { MACHINE_CHECKS } from '@understory/cli/doctor/machine/checks.ts';
import { findInstallation } from '@understory/cli/doctor/machine/find-installation.ts';
import type { Installation } from '@understory/cli/doctor/machine/installation.ts';
import { meansOfThisMachine } from '@understory/cli/doctor/machine/means.ts';
import { holdFolder } from '@understory/cli/folder-lock.ts';
import { BadInput, PublicError } from '@understory/core/errors.ts';
import { syncFolder } from '../on-disk.ts';
import { keepWithoutTypes } from '../without-types.ts';
import {
	type Administrator,
	copyDatabases,
	databaseOf,
	dropCopies,
	restoreDatabases,
	sizeOf,
} from './databases.ts';
import { bytesBelow, copyFolders, dropFolders, restoreFolders } from './folders.ts';
import { beginTrial, type Guard, guardUntilDecided, liftGuard } from './guard.ts';
import { beginJournal, endJournal, type Journal, readJournal, writeJournal } from './journal.ts';
import { runProgram } from './program.ts';
import { openBranches, waitUntilServing } from './readiness.ts';
import { isGuarded, keepIn, letOut, litestreamRuns, open, shut, startRoles } from './services.ts';

/** What has to be well before anything is touched; certificates and names are no matter of a version. */
const LOOKED_AT = ['settings', 'secrets', 'folders', 'disks', 'databases', 'processes'];
const GIB = 2 ** 30;
/** The version that was decided on is waited for at least so long, in milliseconds: there is nothing else to try. */
const PATIENCE_DECIDED = 60_000;

/** What is upgraded, and with what. */
export interface Upgrade extends Guard {
	/** The settings, the folders of the roles, and the link to the version that runs. */
	readonly etc: string;
	readonly state: string;
	readonly installed: string;
	/** Where copies and notes lie while an upgrade is under way: on the disk of `state`. What is in `run` is gone when the machine is started anew. */
	readonly keep: string;
	readonly run: string;
	readonly administrator: Administrator;
	/** How long everything may take until it is ready. */
	readonly patienceMs: number;
	readonly freeBytes: number;
	/** Is told each step before it is taken. */
	say(step: string): void;
}

/** Which version serves in the end. `nothing`: there was nothing to carry on. */
export type Ended = 'upgraded' | 'taken back' | 'nothing';

/**
 * Brings one machine to the version in the folder `to`, or back to the one it had, and answers with which of them serves. One that was broken off is
 * brought to its end first: taken back, or finished when it had been accepted; then `to` is not looked at. Null: that alone. Throws `PublicError` when it
 * cannot begin, with nothing changed, or when what it was taken back to does not come up.
 */
export async function upgradeMachine(parts: Upgrade, to: string | null): Promise<Ended> {
	mkdirSync(parts.keep, { recursive: true, mode: 0o700 });
	const letGo = holdFolder(parts.keep);
	try {
		const broken = readJournal(parts.keep);
		if (broken) {
			parts.say(`An upgrade to ${broken.to} was broken off.`);
			return await (broken.stage === 'accepted' ? finish(parts, broken) : goBack(parts, broken));
		}
		return to === null ? 'nothing' : await begin(parts, to);
	} finally {
		letGo();
	}
}

async function begin(parts: Upgrade, to: string): Promise<Ended> {
	const { keep, say } = parts;
	say('Looking whether it can begin.');
	const { from, next } = versions(parts, to);
	assertGuarded();
	const here = look(parts);
	await assertWell(parts, here);
	assertRoom(parts, here);
	const why = keepWithoutTypes(next);
	if (why) say(why);
	const opened = await openBranches(here, sendByFetch);
	const journal: Journal = { stage: 'closing', from, to: next, opened, litestream: litestreamRuns() };
	beginJournal(keep, journal);
	const copied: Journal = { ...journal, stage: 'copied' };
	try {
		say('Closing. Nobody is served until this is over.');
		await shut(starts(parts), journal.litestream);
		say('Copying.');
		copyFolders(parts.state, copies(parts));
		copyDatabases(parts.administrator, databases(here));
	} catch (error) {
		say(`It was not begun: ${sentenceOf(error)}`);
		return await goBack(parts, journal);
	}
	guardUntilDecided(parts);
	writeJournal(keep, copied);
	try {
		say(`Starting ${next}, which reaches nobody outside yet.`);
		await keepIn(databaseHosts(here));
		point(parts.installed, next);
		beginTrial(parts);
		startRoles();
		say(`Waiting until everything is ready and opens (branches: ${opened.length}).`);
		const wrong = await waitUntilServing(() => look(parts), opened, parts.patienceMs, sendByFetch);
		if (wrong.length > 0) throw new PublicError(500, 'not_serving', wrong.slice(0, 5).join(' '));
	} catch (error) {
		say(`It does not come up: ${sentenceOf(error)}`);
		return await goBack(parts, copied);
	}
	const accepted: Journal = { ...journal, stage: 'accepted' };
	writeJournal(keep, accepted);
	return await finish(parts, accepted);
}

/** Each step of it may be repeated: it is done from its beginning when it was broken off. */
async function goBack(parts: Upgrade, journal: Journal): Promise<Ended> {
	const { say } = parts;
	say(`Going back to ${journal.from}.`);
	await shut(starts(parts), journal.litestream);
	// Before `copied` the copies may be half, and what they are of is as it was.
	if (journal.stage === 'copied') {
		say('Putting back what was copied.');
		restoreFolders(parts.state, copies(parts));
		restoreDatabases(parts.administrator, databases(look(parts)));
		point(parts.installed, journal.from);
	}
	say(`Starting ${journal.from}.`);
	await end(parts, journal, journal.from);
	return 'taken back';
}

async function finish(parts: Upgrade, journal: Journal): Promise<Ended> {
	parts.say(`${journal.to} is accepted.`);
	await end(parts, journal, journal.to);
	return 'upgraded';
}

/** Has the version that was decided on serve, lets people in and forgets the copies. */
async function end(parts: Upgrade, { opened, litestream }: Journal, version: string): Promise<void> {
	liftGuard(parts);
	letOut();
	startRoles();
	const patience = Math.max(parts.patienceMs, PATIENCE_DECIDED);
	const wrong = await waitUntilServing(() => look(parts), opened, patience, sendByFetch);
	parts.say('Opening.');
	open(litestream);
	dropFolders(copies(parts));
	dropCopies(parts.administrator, databases(look(parts)));
	endJournal(parts.keep);
	if (wrong.length === 0) return;
	const sentence = `${version} is there with all it had, and does not come up: ${wrong.slice(0, 5).join(' ')} Ask the doctor.`;
	throw new PublicError(500, 'not_serving', sentence);
}

const look = ({ etc, state }: Upgrade): Installation => findInstallation(etc, state);
const copies = ({ keep }: Upgrade): string => join(keep, 'copies');
const starts = ({ state }: Upgrade): string => join(state, 'provisioner', 'home-starts');
const databases = (here: Installation) => here.databases.map(({ url }) => databaseOf(url));
const databaseHosts = (here: Installation) => [
	...new Set(here.databases.map(({ url }) => new URL(url).hostname)),
];
/** Whatever it was, the way back is taken. */
const sentenceOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Renamed into its place, so that the link always leads to one of both. Is on the disk when it returns. */
function point(link: string, version: string): void {
	rmSync(`${link}.new`, { force: true });
	symlinkSync(version, `${link}.new`);
	renameSync(`${link}.new`, link);
	syncFolder(dirname(link));
}

function versions({ installed }: Upgrade, to: string): { from: string; next: string } {
	if (!lstatSync(installed, { throwIfNoEntry: false })?.isSymbolicLink())
		throw new BadInput(
			`${installed} is no link. Give each version a folder of its own and let ${installed} lead to the one that runs: mv ${installed} ${installed}-1 && ln -s ${installed}-1 ${installed}`,
		);
	const program = join(to, 'node_modules/.bin/node');
	if (!existsSync(join(to, 'packages/roles/src/main.ts')) || !existsSync(program))
		throw new BadInput(
			`${to} is no version that can be started: clone it there, and run npm ci --omit=dev in it.`,
		);
	runProgram([program, '--version']);
	const [from, next] = [realpathSync(installed), realpathSync(to)];
	if (from === next) throw new BadInput(`${to} is the version that runs.`);
	return { from, next };
}

function assertGuarded(): void {
	if (!isGuarded())
		throw new BadInput(
			'The units of this machine are those of an earlier version: after a power cut in the middle nobody would carry the upgrade on. Copy the units of this version anew, then: systemctl daemon-reload && systemctl enable understory-upgrade',
		);
}

async function assertWell({ freeBytes }: Upgrade, here: Installation): Promise<void> {
	const means = meansOfThisMachine({ now: () => Date.now(), backupDays: 7, freeBytes });
	const when = { where: here.folder, denied: 'Upgrade as root.', other: 'Mend what it rests on.' };
	const checks = MACHINE_CHECKS.filter(([name]) => LOOKED_AT.includes(name));
	const { found } = await findingsOf(checks, (check) => check(here, means), when);
	if (found.length === 0) return;
	const sentences = found.map(({ where, wrong, mend }) => `${where}: ${wrong} ${mend}`);
	throw new BadInput(`Mend this first; nothing was changed.\n${sentences.join('\n')}`);
}

function assertRoom({ state, keep, administrator, freeBytes }: Upgrade, here: Installation): void {
	if (statSync(state).dev !== statSync(keep).dev)
		throw new BadInput(
			`${keep} is on another disk than ${state}, where copies could not be put back in one step. Name a folder with --keep that is on it, such as one in ${dirname(state)}.`,
		);
	const needed = bytesBelow(state) + sizeOf(administrator, databases(here)) + freeBytes;
	const { bavail, bsize } = statfsSync(keep);
	if (bavail * bsize >= needed) return;
	const gib = (bytes: number) => (bytes / GIB).toFixed(1);
	throw new BadInput(
		`Copies of everything need ${gib(needed)} GiB on the disk of ${keep}, and ${gib(bavail * bsize)} are free. Make room first; nothing was changed.`,
	);
}
