import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
	copyFileSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	symlinkSync,
} from 'node:fs';
import { constants, setPriority } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What is had of a Go module: a program that is built, with the names it is called by, or files that it brings, each with its name. */
export interface GoProgram {
	/** Absolute path of the folder with its module files and, where it has any, its source. */
	readonly source: string;
	readonly names: readonly string[];
	/** What `go build` is given: `.` for our own `main`, `tool` for one that a module brings. Or files that are taken as they are. */
	readonly build: '.' | 'tool' | { readonly module: string; readonly files: readonly string[] };
	/** For `-X`: what the program says its version is. */
	readonly says?: readonly string[];
}

/** Go's version and target, as they decide what is built. Throws with a sentence when there is no Go. */
export async function goVersion(): Promise<string> {
	try {
		return (await run('go', ['env', 'GOVERSION', 'GOOS', 'GOARCH'])).stdout;
	} catch {
		throw new Error('Go from 1.26 on is not on this machine.');
	}
}

/**
 * The folder that holds a program, from the cache or built: kept under what decides its bytes (Go's version, its module files, its source), so
 * that a cache can be shared and carried. `say` hears a sentence before a build, because the largest takes minutes. Throws with a
 * sentence when a module cannot be had.
 */
export async function builtProgram(
	program: GoProgram,
	go: string,
	cache: string,
	say: (sentence: string) => void,
): Promise<string> {
	const home = join(cache, `${basename(program.source)}-${fingerprint(program, go)}`);
	if (!existsSync(home)) await build(program, home, cache, say);
	return home;
}

function fingerprint({ source, says = [], build }: GoProgram, go: string): string {
	const hash = createHash('sha256').update(go).update(says.join());
	if (typeof build === 'object') hash.update(build.files.join());
	for (const file of readdirSync(source).toSorted())
		hash.update(file).update(readFileSync(join(source, file)));
	return hash.digest('hex').slice(0, 16);
}

/** Builds beside the cache's entry and gives it its name when it is whole: a build that is killed leaves nothing that is taken for one. */
async function build(
	program: GoProgram,
	home: string,
	cache: string,
	say: (sentence: string) => void,
): Promise<void> {
	mkdirSync(cache, { recursive: true });
	const draft = mkdtempSync(join(cache, '.building-'));
	say(`Building ${program.names.join(', ')} from Go modules, once for this cache.`);
	try {
		if (typeof program.build === 'object') await take(program, program.build, draft);
		else {
			const [file, ...links] = program.names;
			await write(program, join(draft, file!));
			for (const link of links) symlinkSync(file!, join(draft, link));
		}
		renameSync(draft, home);
	} catch (error) {
		const { stderr } = error as { stderr?: string };
		const last = stderr?.trim().split('\n').slice(-5).join('\n') ?? String(error);
		throw new Error(`${program.names[0]} could not be made from Go modules:\n${last}`);
	} finally {
		rmSync(draft, { recursive: true, force: true });
	}
}

async function write({ source, build: how, says = [] }: GoProgram, file: string): Promise<void> {
	const flags = ['-s', '-w', ...says.flatMap((said) => ['-X', said])].join(' ');
	const words = ['-mod=readonly', '-p', '2', '-trimpath', '-ldflags', flags, '-o', file, String(how)];
	const building = run('go', ['build', ...words], optionsIn(source));
	// It takes minutes of every core there is: whoever else is at work on the machine goes first.
	setPriority(building.child.pid!, constants.priority.PRIORITY_LOW);
	await building;
}

/** Compared with go.sum, as a build would. */
async function take(
	{ source, names }: GoProgram,
	{ module, files }: { readonly module: string; readonly files: readonly string[] },
	folder: string,
): Promise<void> {
	const { stdout } = await run('go', ['mod', 'download', '-json', module], optionsIn(source));
	const { Dir } = JSON.parse(stdout) as { Dir: string };
	for (const [at, name] of names.entries()) copyFileSync(join(Dir, files[at]!), join(folder, name));
}

function optionsIn(source: string) {
	return {
		cwd: source,
		// Nothing but what the module files pin: no other toolchain, no workspace of the machine.
		env: {
			...process.env,
			GOTOOLCHAIN: 'local',
			GOWORK: 'off',
			GOFLAGS: '',
			CGO_ENABLED: '0',
			GOGC: '400',
		},
		maxBuffer: 1 << 26,
	};
}
