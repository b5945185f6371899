import {
	createReadStream,
	existsSync,
	mkdirSync,
	readdirSync,
	renameSync,
	rmSync,
	statfsSync,
	statSync,
	writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { dumped } from './databases.ts';
import { CarryFault } from './fault.ts';
import { type Machine, ROLES, readMachine } from './machine.ts';
import { VERSION, writtenManifest } from './manifest.ts';
import { type CarriedFile, seal } from './sealed-files.ts';

/** One file of the machine, and where it lies among what is carried. */
interface Found {
	readonly from: string;
	readonly path: string;
	readonly size: number;
}

/**
 * Everything that makes the platform what it is, but the databases: secrets; the folder of each home and of the two roles that keep something. Certificates are
 * made anew where the names lead to, and what a home was started with is the new provisioner's to say.
 */
export function whatIsCarried({ settings, state }: Machine): Found[] {
	return [
		...ROLES.flatMap((role) => filesIn(join(settings, 'secrets', role), `secrets/${role}`)),
		...filesIn(join(state, 'provisioner', 'homes'), 'volumes/homes'),
		...(['sso-bridge', 'accountability'] as const).flatMap((role) =>
			filesIn(join(state, role), `volumes/${role}`),
		),
	];
}

function filesIn(folder: string, path: string): Found[] {
	if (!existsSync(folder)) return [];
	return readdirSync(folder, { withFileTypes: true }).flatMap((one) => {
		const [from, to] = [join(folder, one.name), `${path}/${one.name}`];
		if (one.isDirectory()) return filesIn(from, to);
		if (!one.isFile())
			throw new CarryFault(`${from} is neither a file nor a folder, so it cannot be carried. Take it away.`);
		return [{ from, path: to, size: statSync(from).size }];
	});
}

/** Throws `CarryFault` with how much is missing when the disk of `to` has no room for it. */
export function holdToRoom(found: readonly Found[], beside: string): void {
	const needed = found.reduce((sum, { size }) => sum + size + 4_096, 1 << 30);
	const { bavail, bsize } = statfsSync(beside);
	if (bavail * bsize < needed)
		throw new CarryFault(
			`${beside} has room for ${gib(bavail * bsize)} and ${gib(needed)} are needed, one of them for the databases. Name a folder on another disk.`,
		);
}

const gib = (bytes: number) => `${(bytes / (1 << 30)).toFixed(1)} GiB`;

/**
 * Packs a machine that stands still into the folder `to`, sealed. The folder is there whole or not at all; one that broke off is begun anew. Answers with how
 * many files and bytes it has. `step` hears of each file that is done.
 */
export async function pack(
	machine: Machine,
	carriage: { readonly id: string; readonly to: string; readonly key: Buffer; readonly now: number },
	step: (path: string) => void,
): Promise<{ files: number; bytes: number }> {
	const { id, to, key, now } = carriage;
	const { domain, databaseOf } = readMachine(machine);
	const making = `${to}.making`;
	rmSync(making, { recursive: true, force: true });
	mkdirSync(making, { recursive: true, mode: 0o700 });
	const files: CarriedFile[] = [];
	const add = async (path: string, bytes: AsyncIterable<Buffer>) => {
		files.push(await seal(key, path, bytes, join(making, 'sealed', path)));
		step(path);
	};
	for (const role of ROLES) await add(`databases/${role}.sql`, dumped(databaseOf(role)));
	for (const { from, path } of whatIsCarried(machine)) await add(path, createReadStream(from));
	const manifest = {
		type: 'understory/carried-platform/v1' as const,
		id,
		domain,
		version: VERSION,
		packed: now,
		files,
	};
	writeFileSync(join(making, 'manifest.json'), writtenManifest(manifest, key), { mode: 0o600, flush: true });
	renameSync(making, to);
	return { files: files.length, bytes: files.reduce((sum, { size }) => sum + size, 0) };
}

/** Takes away what was packed, or was about to be. Throws `CarryFault` for a folder that holds something else. */
export function unpack(to: string): void {
	rmSync(`${to}.making`, { recursive: true, force: true });
	if (!existsSync(to)) return;
	const others = readdirSync(to).filter((name) => name !== 'manifest.json' && name !== 'sealed');
	if (others.length > 0)
		throw new CarryFault(
			`${basename(to)} holds more than was packed: ${others.join(', ')}. Take that away first.`,
		);
	rmSync(to, { recursive: true });
}
