/**
 * Takes in what a machine left: `node infra/one-machine/take-in.ts FOLDER --key FILE --databases FOLDER --to FOLDER`. What it promises is
 * docs/library-it/to-a-cluster.md.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { HOMES, raiseEpochs } from '@understory/provisioner/store/carried.ts';
import { type CarriedHome, claimsFor } from './carry/claims.ts';
import { ask, bringIn, whatIsIn } from './carry/databases.ts';
import { CarryFault, inWords } from './carry/fault.ts';
import { layOut, servedIn } from './carry/lay-out.ts';
import { ROLES, type RoleOfMachine } from './carry/machine.ts';
import { type Manifest, readManifest } from './carry/manifest.ts';
import { tryOut, unsealed } from './carry/sealed-files.ts';

const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: {
		key: { type: 'string' },
		databases: { type: 'string' },
		to: { type: 'string' },
		namespace: { type: 'string', default: 'understory' },
		'homes-namespace': { type: 'string', default: 'understory-homes' },
		'home-size': { type: 'string', default: '20Gi' },
		'dedicated-size': { type: 'string', default: '5Gi' },
		'bridge-size': { type: 'string', default: '1Gi' },
		'site-size': { type: 'string', default: '10Gi' },
		'storage-class': { type: 'string', default: '' },
		image: { type: 'string', default: 'docker.io/library/busybox:1.37' },
		// Says what is done as it is done.
		steps: { type: 'boolean', default: false },
	},
});
const step = (what: string) => {
	if (values.steps) console.log(what);
};

/** A file that whoever runs this names. */
function given(file: string, what: string): string {
	if (existsSync(file)) return readFileSync(file, 'utf8').trim();
	throw new CarryFault(`${file} is missing; it is to hold ${what}.`);
}

function addressOf(folder: string, role: RoleOfMachine): string {
	const file = join(folder, role);
	const url = given(file, `the address of the database for ${role}`);
	if (URL.canParse(url) && /^postgres(?:ql)?:$/.test(new URL(url).protocol)) return url;
	throw new CarryFault(`${file} is to hold an address such as postgres://user:password@host:5432/name.`);
}

/** The folder that is laid out: empty, or begun for this very carriage. */
function holdPlace(to: string, id: string): void {
	const mark = join(to, 'carriage');
	if (existsSync(mark) && readFileSync(mark, 'utf8') === id) return;
	if (existsSync(to) && readdirSync(to).length > 0)
		throw new CarryFault(`${to} is not empty. Name a folder that is not there.`);
	mkdirSync(to, { recursive: true, mode: 0o700 });
	writeFileSync(mark, id, { mode: 0o600, flush: true });
}

async function takeIn(from: string): Promise<string> {
	const { key: keyFile, databases, to: place } = values;
	if (!keyFile || !databases || !place)
		throw new CarryFault('Say --key FILE, --databases FOLDER and --to FOLDER.');
	const to = resolve(place);
	const key = Buffer.from(given(resolve(keyFile), 'the key that the machine showed'), 'base64');
	if (key.length !== 32) throw new CarryFault(`${keyFile} does not hold the key that the machine showed.`);
	const urls = new Map(ROLES.map((role) => [role, addressOf(resolve(databases), role)]));
	const manifest = readManifest(from, key);
	// All of it before anything is touched.
	for (const file of manifest.files) await tryOut(unsealed(key, file, join(from, 'sealed', file.path)));
	step('tried');
	holdPlace(to, manifest.id);
	await layOut(key, manifest, from, to, step);
	await bringInDatabases(urls, { from, key, manifest });
	for (const [role, url] of urls)
		writeFileSync(join(to, 'secrets', role, 'database-url'), `${url}\n`, { mode: 0o600 });
	const homes = (await ask(urls.get('provisioner')!, HOMES)).map((line) => {
		const [name, kind] = line.split('|') as [string, CarriedHome['kind']];
		return { name, kind };
	});
	const { namespace, 'homes-namespace': homesNamespace, 'storage-class': storageClass, image } = values;
	const sizes = {
		...{ shared: values['home-size'], dedicated: values['dedicated-size'] },
		...{ bridge: values['bridge-size'], site: values['site-size'] },
	};
	const claims = claimsFor(homes, { namespace, homesNamespace, storageClass, image, sizes });
	writeFileSync(join(to, 'volumes.json'), claims, { mode: 0o600 });
	return `Taken in: ${manifest.domain}, ${servedIn(manifest).length} branches in ${homes.length} homes. In ${to}: secrets, volumes, and volumes.json for the cluster.`;
}

/** Brings in each database that does not have it yet, when all three are empty or have it. */
async function bringInDatabases(
	urls: ReadonlyMap<RoleOfMachine, string>,
	{ from, key, manifest }: { from: string; key: Buffer; manifest: Manifest },
): Promise<void> {
	const mark = `understory carried ${manifest.id}`;
	const empty: [RoleOfMachine, string][] = [];
	for (const [role, url] of urls) {
		const held = await whatIsIn(url, mark);
		if (held === 'something else')
			throw new CarryFault(`The database for ${role} is not empty. Nothing was changed; give an empty one.`);
		if (held === 'nothing') empty.push([role, url]);
	}
	for (const [role, url] of empty) {
		const path = `databases/${role}.sql`;
		const file = manifest.files.find((one) => one.path === path);
		if (!file) throw new CarryFault(`${path} was not packed.`);
		const branches = role === 'provisioner' ? servedIn(manifest).map(({ id }) => id) : [];
		const dump = unsealed(key, file, join(from, 'sealed', path));
		await bringIn(url, { mark, dump, also: raiseEpochs(branches) });
		step(`brought in ${role}`);
	}
}

try {
	const [folder, ...rest] = positionals;
	if (!folder || rest.length > 0) throw new CarryFault('Name the folder that the machine left.');
	console.log(await takeIn(resolve(folder)));
} catch (error) {
	const told = inWords(error);
	if (!(told instanceof CarryFault)) throw told;
	console.error(told.message);
	process.exitCode = 1;
}
