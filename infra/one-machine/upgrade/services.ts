import { lookup } from 'node:dns/promises';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { namesIn, textOf } from '@understory/cli/doctor/machine/read-place.ts';
import { PublicError } from '@understory/core/errors.ts';
import { runProgram } from './program.ts';

const ROLES = ['understory-provisioner', 'understory-sso-bridge', 'understory-accountability'];
/** The way in: the proxy, and what tells it where homes are. */
const DOOR = ['caddy', 'understory-edge.path'];
const LITESTREAM = 'understory-litestream';
/** What carries an upgrade on after a power cut. */
const AT_BOOT = 'understory-upgrade';
/** Milliseconds within which a home ends when it is asked to; then it is ended. */
const ENDS_WITHIN = 20_000;
const LOOK_AGAIN = 100;

const systemctl = (...words: string[]): string => runProgram(['systemctl', ...words]);

/** Is Litestream copying on this machine? */
export const litestreamRuns = (): boolean => says('is-active', LITESTREAM);

/** Will an upgrade that a power cut breaks off be carried on when the machine starts? */
export const isGuarded = (): boolean => says('is-enabled', AT_BOOT);

function says(question: string, unit: string): boolean {
	try {
		systemctl(question, '--quiet', unit);
		return true;
	} catch {
		return false;
	}
}

/** Ends all that reads or writes: first the way in, so that nothing is accepted that could be lost. `starts` is where the provisioner notes its homes. */
export async function shut(starts: string, litestream: boolean): Promise<void> {
	systemctl('stop', ...DOOR);
	systemctl('stop', ...ROLES);
	// They outlive the provisioner that started them.
	for (const name of namesIn(starts)) await endHome(name, Number(textOf(join(starts, name, 'pid'))));
	if (litestream) systemctl('stop', LITESTREAM);
}

/** Has the roles reach this machine and the databases and nobody else: what a version that is not accepted does, nobody may have heard. */
export async function keepIn(databaseHosts: readonly string[]): Promise<void> {
	const addresses = await Promise.all(databaseHosts.map(async (host) => lookup(host, { all: true })));
	// Every process of this machine. systemctl takes the word `localhost` only where it stands alone.
	const here = ['127.0.0.0/8', '::1/128'];
	const allowed = [...here, ...addresses.flat().map(({ address }) => address)].join(' ');
	// Written down by systemd, so that it holds after a power cut as well.
	for (const role of ROLES) systemctl('set-property', role, 'IPAddressDeny=any', `IPAddressAllow=${allowed}`);
}

/** Lets the roles reach the world again. */
export function letOut(): void {
	for (const role of ROLES) systemctl('set-property', role, 'IPAddressDeny=', 'IPAddressAllow=');
}

/** Starts the roles; those that run go on. */
export function startRoles(): void {
	// A version that ended again and again is not kept from being started, nor what comes after it. Refused for units that never failed.
	try {
		systemctl('reset-failed', ...ROLES);
	} catch {}
	systemctl('start', ...ROLES);
}

/** Lets people in. */
export function open(litestream: boolean): void {
	if (litestream) systemctl('start', LITESTREAM);
	systemctl('start', ...DOOR);
}

async function endHome(name: string, pid: number): Promise<void> {
	if (!isHome(name, pid)) return;
	process.kill(pid, 'SIGTERM');
	const until = performance.now() + ENDS_WITHIN;
	while (isHome(name, pid) && performance.now() < until) await pause(LOOK_AGAIN);
	if (isHome(name, pid)) process.kill(pid, 'SIGKILL');
	while (isHome(name, pid)) {
		await pause(LOOK_AGAIN);
		if (performance.now() > until + ENDS_WITHIN)
			throw new PublicError(500, 'home_stays', `${name} (process ${pid}) does not end.`);
	}
}

/** The number may be another process's by now; that one is left alone. */
function isHome(name: string, pid: number): boolean {
	if (!Number.isSafeInteger(pid) || pid <= 0) return false;
	try {
		return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`UNDERSTORY_HOME_NAME=${name}`);
	} catch {
		return false;
	}
}
