import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
	cpSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	readlinkSync,
	realpathSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import pg from 'pg';
import { startPostgres } from '../../../packages/town/src/postgres.ts';
import { freePort } from '../../../packages/town/src/postgres-process.ts';
import { until } from '../../../test/e2e/platform/bed.ts';
import { readUnit, startOf } from './units.ts';

const HERE = fileURLToPath(new URL('..', import.meta.url));
const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const ROLES = ['provisioner', 'sso-bridge', 'accountability'] as const;
const BRANCH = 'b-1';
/** What starts with the machine. */
const ENABLED = [...ROLES.map((role) => `understory-${role}`), 'caddy', 'understory-edge.path'];

/** How a run of the command ended, and what it said. `code` is null when it was killed. */
export interface Ended {
	readonly code: number | null;
	readonly text: string;
}

/** All that tells one version from another, where it is kept. */
export interface Seen {
	readonly link: string;
	readonly roles: readonly string[];
	readonly folders: readonly string[];
	readonly databases: readonly number[];
	readonly branch: number;
	readonly door: boolean;
	/** Anything of an upgrade that is left. */
	readonly left: readonly string[];
}

/** One machine with small versions: PostgreSQL, processes, folders and links are real; systemd is a script that starts what the units say. */
export interface UpgradeBed {
	readonly installed: string;
	/** Makes a version; answers with its folder. */
	version(number: number, flaw?: string): string;
	/** Runs the command; with `killAt` it is killed as soon as it says a line that begins so. `patience` in seconds. */
	upgrade(
		to: string,
		options?: { killAt?: string; patience?: number; words?: readonly string[] },
	): Promise<Ended>;
	/** Power is cut and comes back: all that ran is gone, and what is enabled starts if its conditions hold. The upgrade's own unit waits for `carryOn`. */
	reboot(): void;
	/** Starts the unit that carries an upgrade on, as systemd does then. Null when its condition does not hold. */
	carryOn(): Promise<Ended | null>;
	/** What the roles and the home answer now, and whether the door is open. */
	serving(): Promise<Pick<Seen, 'roles' | 'door'>>;
	see(): Promise<Seen>;
	/** What was asked of systemd, a line each, from the last time on. */
	asked(): string[];
	/** Keeps a session in a role's database until it is called. */
	occupy(): Promise<() => Promise<void>>;
	close(): Promise<void>;
}

/** Sets the machine up with version 1, and starts it. */
export async function startUpgradeBed(): Promise<UpgradeBed> {
	const folder = mkdtempSync(join(tmpdir(), 'understory-upgrade-'));
	const at = (...names: string[]) => join(folder, ...names);
	const postgres = await startPostgres({ folder: at('postgres'), careless: true });
	const listening = new URL(await postgres.urlFor('setup')).host;
	const make = [join(HERE, 'make.ts'), '--domain', 'library.example', '--postgresql', listening];
	execFileSync(process.execPath, [...make, '--folder', at('etc')]);
	const admin = `postgres://postgres:${readFileSync(at('postgres', 'password'), 'utf8')}@${listening}/postgres`;
	execFileSync('psql', ['--quiet', '--dbname', admin, '--file', at('etc', 'postgresql.sql')]);

	for (const name of ['bin', 'units', 'pids', 'open']) mkdirSync(at(name));
	const ports = new Map<string, number>();
	for (const usual of ['8080', '8081', '8082', '8090', '443']) ports.set(usual, await freePort());
	const home = at('state/provisioner/homes/home-1');
	for (const name of ['desired', `branches/${BRANCH}`]) mkdirSync(join(home, name), { recursive: true });
	writeFileSync(join(home, 'desired', `${BRANCH}.json`), JSON.stringify(desired()));
	new DatabaseSync(join(home, 'branches', BRANCH, 'branch.sqlite')).close();
	const notes = at('state/provisioner/home-starts/home-1');
	mkdirSync(notes, { recursive: true });
	writeFileSync(join(notes, 'port'), String(ports.get('8090')));
	const installed = at('understory');
	for (const role of ROLES) {
		const file = at('etc', `${role}.env`);
		const moved = readFileSync(file, 'utf8').replace(/(?<=[=:])(?:8080|8081|8082|8090|443)$/gm, (usual) =>
			String(ports.get(usual)),
		);
		writeFileSync(file, moved);
		mkdirSync(at('state', role), { recursive: true });
		writeFileSync(at('units', `understory-${role}`), programOf(role), { mode: 0o755 });
		mayStart(`understory-${role}`, `understory-${role}.service`);
	}
	mayStart('caddy', 'caddy.service.d/understory.conf');
	mayStart('understory-edge.path', 'understory-edge.path');
	mayStart('understory-upgrade', 'understory-upgrade.service');
	/** The conditions of a unit, as a program that ends with 0 when it may start. */
	function mayStart(name: string, file: string): void {
		const told = readUnit(join(HERE, 'systemd', file)).get('Unit.ConditionPathExists')!;
		const test = (condition: string) => `[ ${condition.replace(/^(!?)(.*)$/, '$1 -e $2')} ]`;
		const every = told.filter((one) => !one.startsWith('|')).map(test);
		const any = told.filter((one) => one.startsWith('|')).map((one) => test(one.slice(1)));
		const holds = [...every, ...(any.length > 0 ? [`{ ${any.join(' || ')}; }`] : [])].join(' && ');
		writeFileSync(at('units', `${name}.if`), `#!/bin/sh\n${here(holds)}\n`, { mode: 0o755 });
	}
	/** Places of this machine instead of the usual ones. */
	function here(text: string): string {
		return text
			.replaceAll('/var/lib/understory-upgrade', at('keep'))
			.replaceAll('/run/understory-upgrade', at('run'))
			.replaceAll('/var/lib/understory', at('state'))
			.replaceAll('/etc/understory', at('etc'))
			.replaceAll('/opt/understory', installed);
	}
	function programOf(role: string): string {
		const { folder, words, variables } = startOf(
			join(HERE, 'systemd', `understory-${role}.service`),
			(text) => here(text.replaceAll('%d', at('etc/secrets', role))),
		);
		const exported = Object.entries(variables).map(([name, value]) => `export ${name}='${value}'\n`);
		return `#!/bin/sh\n${exported.join('')}cd ${folder} && exec ${words.join(' ')}\n`;
	}
	writeFileSync(at('bin/systemctl'), systemctlIn(folder), { mode: 0o755 });
	const env = { PATH: `${at('bin')}:${process.env.PATH}`, HOME: folder };
	const systemctl = (...words: string[]) => execFileSync(at('bin/systemctl'), words, { env });

	function version(number: number, flaw: string | null = null): string {
		const made = at(`version-${number}`);
		mkdirSync(join(made, 'packages/roles/src'), { recursive: true });
		cpSync(join(HERE, 'test/fixtures/small-version.ts'), join(made, 'packages/roles/src/main.ts'));
		const hook = 'packages/roles/src/kept-without-types.mjs';
		cpSync(join(ROOT, hook), join(made, hook));
		writeFileSync(join(made, 'version.json'), JSON.stringify({ version: number, flaw }));
		writeFileSync(join(made, 'package.json'), '{"type":"module"}');
		for (const name of ['node_modules', 'infra']) symlinkSync(join(ROOT, name), join(made, name));
		return made;
	}
	const ask = (usual: string, path: string) =>
		fetch(`http://127.0.0.1:${ports.get(usual)}${path}`).then(
			(answer) => answer.text().then((text) => ({ status: answer.status, text })),
			() => ({ status: 0, text: 'nobody' }),
		);
	async function inDatabase<Done>(url: string, work: (client: pg.Client) => Promise<Done>): Promise<Done> {
		const client = new pg.Client({ connectionString: url });
		await client.connect();
		return work(client).finally(() => client.end());
	}
	const urlOf = (role: string) => readFileSync(at('etc/secrets', role, 'database-url'), 'utf8').trim();

	symlinkSync(version(1), installed);
	systemctl('start', ...ENABLED);
	await until(
		'version 1',
		() => Promise.all([...ports.keys()].slice(0, 4).map((usual) => ask(usual, '/readyz'))),
		(answers) => answers.every(({ text }) => text === 'ready 1'),
		30,
	);
	await ask('8090', `/internal/v1/branches/${BRANCH}/open`);

	async function run(
		command: readonly string[],
		killAt: string | null,
		words: readonly string[] = [],
	): Promise<Ended> {
		const places = ['--installed', installed, '--settings', at('etc'), '--state', at('state')];
		const notes = ['--keep', at('keep'), '--run', at('run'), '--psql', `psql --dbname ${admin}`];
		const all = [...command, ...places, ...notes, '--free-gib', '1', ...words];
		const child = spawn(process.execPath, all, { env, stdio: ['ignore', 'pipe', 'pipe'] });
		let text = '';
		child.stderr.on('data', (chunk: Buffer) => {
			text += chunk.toString();
		});
		createInterface(child.stdout).on('line', (line) => {
			text += `${line}\n`;
			if (killAt && line.startsWith(killAt)) child.kill('SIGKILL');
		});
		const [code] = (await once(child, 'close')) as [number | null];
		return { code, text };
	}
	const serving = async () => ({
		roles: await Promise.all(
			['8080', '8081', '8082', '8090'].map(async (usual) => (await ask(usual, '/readyz')).text),
		),
		door: existsSync(at('open/caddy')) && existsSync(at('open/understory-edge.path')),
	});
	function endHome(): void {
		const pid = Number(readFileSync(join(notes, 'pid'), 'utf8'));
		try {
			if (readFileSync(`/proc/${pid}/environ`, 'utf8').includes(folder)) process.kill(pid, 'SIGKILL');
		} catch {
			// It has ended.
		}
	}

	return {
		installed,
		version,
		upgrade: (to, { killAt, patience = 30, words = [] } = {}) => {
			const limit = ['--patience-seconds', String(patience)];
			return run([join(HERE, 'upgrade.ts'), '--to', to, ...limit], killAt ?? null, words);
		},
		reboot() {
			systemctl('stop', ...ENABLED);
			endHome();
			rmSync(at('run'), { recursive: true, force: true });
			systemctl('start', ...ENABLED);
		},
		async carryOn() {
			if (spawnSync(at('units/understory-upgrade.if')).status !== 0) return null;
			const unit = readUnit(join(HERE, 'systemd/understory-upgrade.service'));
			const [program = '', ...words] = here(unit.get('Service.ExecStart')![0]!).split(' ');
			expect(realpathSync(program)).to.equal(realpathSync(process.execPath));
			return run(words, null);
		},
		serving,
		async see() {
			const databases = await inDatabase(admin, (client) =>
				client.query("select datname from pg_database where datname like '%before_upgrade'"),
			);
			const branch = new DatabaseSync(join(home, 'branches', BRANCH, 'branch.sqlite'));
			const schema = branch.prepare('pragma user_version').get() as { user_version: number };
			branch.close();
			return {
				link: readlinkSync(installed).replace(`${folder}/`, ''),
				...(await serving()),
				folders: ROLES.map((role) => readFileSync(at('state', role, 'version'), 'utf8')),
				databases: await Promise.all(
					ROLES.map((role) =>
						inDatabase(urlOf(role), async (client) => {
							const { rows } = await client.query('select max(version) as latest from moved_on');
							return rows[0].latest as number;
						}),
					),
				),
				branch: schema.user_version,
				left: [
					...readdirSync(at('keep')).filter((name) => !name.startsWith('lock')),
					...databases.rows.map(({ datname }) => datname as string),
				],
			};
		},
		asked() {
			const lines = readFileSync(at('asked'), 'utf8').trim().split('\n');
			writeFileSync(at('asked'), '');
			return lines;
		},
		async occupy() {
			const client = new pg.Client({ connectionString: urlOf('sso-bridge') });
			await client.connect();
			return () => client.end();
		},
		async close() {
			systemctl('stop', ...ROLES.map((role) => `understory-${role}`));
			endHome();
			await postgres.close();
			rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
		},
	};
}

/** As much of systemd as is asked: what is started outlives who asked, and what is stopped is gone when it answers. */
function systemctlIn(folder: string): string {
	return `#!/bin/sh
echo "$*" >> ${folder}/asked
verb=$1
shift
case $verb in
is-active) exit 3 ;;
set-property | reset-failed | is-enabled) exit 0 ;;
esac
runs() { [ -n "$(tr -d '\\0' 2>/dev/null < "/proc/$(cat ${folder}/pids/$1)/cmdline")" ]; }
for unit; do
	program=${folder}/units/$unit
	[ $verb = start ] && ! $program.if && continue
	if [ ! -x "$program" ]; then
		[ $verb = start ] && touch ${folder}/open/$unit || rm -f ${folder}/open/$unit
	elif [ $verb = start ]; then
		[ -e ${folder}/pids/$unit ] && runs $unit && continue
		setsid "$program" > ${folder}/said-$unit 2>&1 < /dev/null &
		echo $! > ${folder}/pids/$unit
	elif [ -e ${folder}/pids/$unit ]; then
		kill "$(cat ${folder}/pids/$unit)" 2>/dev/null
		while runs $unit 2>/dev/null; do sleep 0.02; done
		rm ${folder}/pids/$unit
	fi
done
exit 0
`;
}

/** As much of what a home is told as is read. */
function desired() {
	const origin = (name: string) => `https://${name}.anytown.library.example`;
	return {
		library: {
			slug: 'anytown',
			card_origin: origin('card'),
			accountability_origin: origin('accountability'),
		},
		branch: { id: BRANCH, slug: 'main', stage: 'open', origin: origin('main') },
	};
}
