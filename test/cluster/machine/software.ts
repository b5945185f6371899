import { execFileSync } from 'node:child_process';
import {
	chmodSync,
	cpSync,
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	readlinkSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
/** Where, inside of the machine, what would come from elsewhere lies. */
const SHELF = '/usr/local/lib/from-elsewhere';

interface Installed {
	readonly packages: Readonly<Record<string, { readonly dev?: boolean }>>;
}

/**
 * Puts what the machine would fetch where it finds it without a network: a repository with this checkout as it stands, behind the address of the page; and for the
 * two commands that fetch from elsewhere, programs that answer them. `npm ci` lays out the packages that the lock file has for production, and no others, as links
 * to those that are installed here; every other word goes to the real npm. `apt-get install` finds its packages there, and does what Debian's do then: it starts
 * PostgreSQL and Caddy.
 */
export function shelve(root: string, address: string): void {
	const shelf = join(root, SHELF);
	mkdirSync(shelf, { recursive: true });
	const repository = join(shelf, 'understory.git');
	const git = (...words: string[]) =>
		execFileSync('git', ['--git-dir', repository, ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
	git('init', '--quiet', '--bare', '--initial-branch=main');
	git('config', 'core.bare', 'false');
	git('--work-tree', ROOT, '-c', 'core.compression=0', 'add', '--all');
	const author = ['-c', 'user.name=test', '-c', 'user.email=test@library.example'];
	git(...author, '-c', 'core.compression=0', 'commit', '--quiet', '--message', 'This checkout as it stands.');
	git('config', 'core.bare', 'true');
	writeFileSync(
		join(root, 'root/.gitconfig'),
		`[url "${SHELF}/understory.git"]\n\tinsteadOf = ${address}\n[safe]\n\tdirectory = *\n`,
	);
	layModules(join(shelf, 'modules'));
	mkdirSync(join(shelf, 'node_modules'));
	execFileSync('mount', ['--bind', join(ROOT, 'node_modules'), join(shelf, 'node_modules')]);
	program(
		root,
		'npm',
		`if [ "$*" = 'ci --omit=dev' ]; then exec cp --archive ${SHELF}/modules/. .; fi\nexec /usr/bin/npm "$@"`,
	);
	program(
		root,
		'apt-get',
		`[ "$1" = install ] && shift
for name; do command -v "\${name/#nodejs/node}" >/dev/null || [ "$name" = postgresql ] || { echo "$name is not here" >&2; exit 100; }; done
systemctl enable --quiet --now postgresql caddy`,
	);
}

/** The folders `node_modules` of a version, as npm makes them without what is for development: its own packages lead to the version that they lie in. */
function layModules(modules: string): void {
	const { packages } = JSON.parse(
		readFileSync(join(ROOT, 'node_modules/.package-lock.json'), 'utf8'),
	) as Installed;
	const kept = Object.entries(packages).filter(([, { dev }]) => !dev);
	for (const [name] of kept) {
		const [above, ...below] = name.split('node_modules/');
		// Those that lie within another package come with it.
		if (below.length !== 1) continue;
		const to = join(modules, name);
		mkdirSync(join(to, '..'), { recursive: true });
		if (below[0]!.startsWith('@understory/')) symlinkSync(readlinkSync(join(ROOT, name)), to);
		else if (above === '') symlinkSync(join(SHELF, 'node_modules', below[0]!), to);
		else cpSync(join(ROOT, name), to, { recursive: true });
	}
	const names = new Set(kept.map(([name]) => name.replace('node_modules/', '')));
	const bin = join(ROOT, 'node_modules/.bin');
	mkdirSync(join(modules, 'node_modules/.bin'));
	for (const name of readdirSync(bin)) {
		const to = readlinkSync(join(bin, name));
		const [first = '', second = ''] = to.replace('../', '').split('/');
		if (names.has(first.startsWith('@') ? `${first}/${second}` : first))
			symlinkSync(to, join(modules, 'node_modules/.bin', name));
	}
	writeFileSync(
		join(modules, 'node_modules/.package-lock.json'),
		JSON.stringify({ packages: Object.fromEntries(kept) }),
	);
}

/** A program of the machine that is found before Debian's. */
function program(root: string, name: string, text: string): void {
	const file = join(root, 'usr/local/bin', name);
	if (existsSync(file)) throw new Error(`This machine has a program of its own at ${file}.`);
	writeFileSync(file, `#!/bin/bash\nset -e\n${text}\n`);
	chmodSync(file, 0o755);
}
