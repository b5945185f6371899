import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DOMAIN, type PlatformBed, type Started } from './bed.ts';

const MACHINE = fileURLToPath(new URL('../../../infra/one-machine/', import.meta.url));
const ROLES: readonly Started[] = ['provisioner', 'sso-bridge', 'accountability'];

/** How a command ended, and what it said. */
export interface Ended {
	readonly code: number | null;
	readonly said: string;
}

/** Runs `leave.ts` or `take-in.ts`. With `killAt` it says each step, and is killed as soon as one has these words. */
export async function command(
	name: 'leave' | 'take-in',
	words: readonly string[],
	killAt?: string,
): Promise<Ended> {
	const steps = killAt === undefined ? [] : ['--steps'];
	const child = spawn(process.execPath, [join(MACHINE, `${name}.ts`), ...words, ...steps], {
		env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE },
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	let said = '';
	for (const stream of [child.stdout, child.stderr])
		stream.on('data', (chunk: Buffer) => {
			said += chunk.toString();
			if (killAt !== undefined && said.includes(killAt)) child.kill('SIGKILL');
		});
	return new Promise((resolve) => child.once('close', (code) => resolve({ code, said: said.trim() })));
}

const PAGE = readFileSync(
	fileURLToPath(new URL('../../../docs/library-it/to-a-cluster.md', import.meta.url)),
	'utf8',
);

/** The commands of the page for library IT, as it has them: the name of the program, and its words. */
export function commandsOfPage(): string[] {
	const lines = PAGE.matchAll(/^node_modules\/\.bin\/node infra\/one-machine\/(leave|take-in)\.ts (.+)$/gm);
	return [...lines].map(([, name, words]) => `${name} ${words}`);
}

/** Writes the settings and secrets of a bed as `make.ts` does on a machine. */
export function settingsOf(bed: PlatformBed, folder: string): void {
	for (const role of ROLES) {
		mkdirSync(join(folder, 'secrets', role), { recursive: true });
		writeFileSync(
			join(folder, `${role}.env`),
			`UNDERSTORY_DOMAIN=${DOMAIN}\nUNDERSTORY_PORT=${bed.portOf(role)}\n`,
		);
		for (const [name, text] of Object.entries(bed.secrets[role]))
			writeFileSync(join(folder, 'secrets', role, name), text);
	}
}

/** The secrets that were taken in, as the chart gives them to the roles. */
export function secretsIn(folder: string): PlatformBed['secrets'] {
	const of = (role: Started) =>
		Object.fromEntries(
			readdirSync(join(folder, 'secrets', role)).map((name) => [
				name,
				readFileSync(join(folder, 'secrets', role, name), 'utf8').trim(),
			]),
		);
	return {
		provisioner: of('provisioner'),
		'sso-bridge': of('sso-bridge'),
		accountability: of('accountability'),
	};
}

/** Puts what was taken in where the roles of another bed look for it, as is done with volumes. */
export function putInPlace(folder: string, bed: PlatformBed): void {
	const volumes = join(folder, 'volumes');
	for (const role of ['sso-bridge', 'accountability'] as const)
		cpSync(join(volumes, role), join(bed.folder, role), { recursive: true });
	cpSync(join(volumes, 'homes'), join(bed.folder, 'provisioner', 'homes'), { recursive: true });
}
