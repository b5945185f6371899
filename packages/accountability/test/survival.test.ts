import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import { createBranch } from './fixtures/branch.ts';
import { createLibrary } from './fixtures/library.ts';
import { startSite } from './fixtures/site.ts';

const HTML = { accept: 'text/html' };

describe('when others are dead', () => {
	it('the site comes up and serves from its last good register without the provisioner', async () => {
		const site = await startSite();
		try {
			const branch = createBranch(site.library, 'belmont');
			await site.provisioner.die();
			await site.restart();
			expect((await site.get('/', HTML)).status).to.equal(200);
			expect((await site.get('/branches/belmont.multcolib.localhost:4000', HTML)).status).to.equal(200);
			expect((await site.get('/neighborhoods/n-multcolib/roster')).status).to.equal(200);
			const { id, entry, disclosures } = branch.next();
			expect((await site.post('/entries', { entry, disclosures })).status).to.equal(202);
			await site.settle();
			expect((await site.get(`/statements/${id}.tlog-proof`)).status).to.equal(200);
			expect((await site.get('/readyz')).text).to.equal('ready\n');
		} finally {
			await site.close();
		}
	});

	it('it looks at the platform by itself, and a new register is taken up', async () => {
		const site = await startSite({ parts: { lookEvery: 5 } });
		try {
			const handout = site.provisioner.nextHandout();
			site.library.open('kenton');
			await handout;
			// The look that fetched it is over when the role has closed; what it brought is kept.
			await site.restart({ lookEvery: null });
			const branches = (await site.get('/branches.json')).json() as {
				branches: { name: string; stage: string }[];
			};
			expect(branches.branches.find(({ name }) => name === 'Kenton')?.stage).to.equal('open');
		} finally {
			await site.close();
		}
	});

	it('a kept register that somebody changed is left aside', async () => {
		const site = await startSite();
		try {
			const folder = join(site.folder, 'registers');
			const [name] = await readdir(folder);
			const kept = await readFile(join(folder, name!), 'utf8');
			await site.provisioner.die();
			await writeFile(join(folder, name!), kept.replace('"Belmont"', '"Malmont"'));
			await site.restart();
			expect((await site.get('/', HTML)).status).to.equal(421);
		} finally {
			await site.close();
		}
	});

	it('a register of another platform is not taken', async () => {
		const stranger = createLibrary('seattle', ['ballard']);
		const site = await startSite({ libraries: [createLibrary(), stranger] });
		try {
			expect((await site.get('/', { ...HTML, host: stranger.site })).status).to.equal(421);
			expect((await site.get('/', HTML)).status).to.equal(200);
		} finally {
			await site.close();
		}
	});

	it('the role key and what it learned are for its owner only', async () => {
		const site = await startSite();
		try {
			for (const name of ['role.key', 'platform.json', 'registers/lib-multcolib.json']) {
				expect((await stat(join(site.folder, name))).mode & 0o777, name).to.equal(0o600);
			}
		} finally {
			await site.close();
		}
	});

	it('a dead database is said plainly, log and roster are served all the same, and it heals by itself', async () => {
		const site = await startSite();
		const wire = await startWire(site.databaseUrl);
		try {
			const { entry, disclosures } = createBranch(site.library, 'belmont').next();
			await site.restart({ databaseUrl: wire.url });
			// What was read since the start stands in a file, and needs no database.
			const council = await site.get('/council', HTML);
			await wire.cut();
			const page = await site.get('/', HTML);
			expect(page.status).to.equal(503);
			expect((await site.get('/council', HTML)).text).to.equal(council.text);
			expect(page.headers['retry-after']).to.equal('60');
			const refused = await site.post('/entries', { entry, disclosures });
			expect([refused.status, (refused.json() as { code: string }).code]).to.deep.equal([
				503,
				'database_away',
			]);
			expect((await site.get('/readyz')).status).to.equal(503);
			expect((await site.get('/healthz')).status).to.equal(200);
			expect((await site.get('/log/2026/checkpoint')).status).to.equal(200);
			expect((await site.get('/neighborhoods/n-multcolib/roster')).status).to.equal(200);
			await wire.mend();
			expect((await site.post('/entries', { entry, disclosures })).status).to.equal(202);
			expect((await site.get('/', HTML)).status).to.equal(200);
		} finally {
			await site.close();
			await wire.cut();
		}
	});
});

/** A wire to the database that can be cut and mended. */
async function startWire(
	databaseUrl: string,
): Promise<{ url: string; cut(): Promise<void>; mend(): Promise<void> }> {
	const far = new URL(databaseUrl);
	const sockets = new Set<Socket>();
	let server: Server | null = null;
	async function listen(port: number): Promise<number> {
		const fresh = createServer((near) => {
			const there = connect(Number(far.port), far.hostname);
			for (const socket of [near, there]) {
				sockets.add(socket);
				socket.on('close', () => sockets.delete(socket));
				socket.on('error', () => socket.destroy());
			}
			near.pipe(there).pipe(near);
			near.on('close', () => there.destroy());
			there.on('close', () => near.destroy());
		});
		server = fresh;
		await new Promise<void>((resolve) => fresh.listen(port, '127.0.0.1', resolve));
		return (fresh.address() as AddressInfo).port;
	}
	const port = await listen(0);
	const near = new URL(databaseUrl);
	near.port = String(port);
	return {
		url: near.href,
		async cut() {
			const dying = server;
			server = null;
			for (const socket of sockets) socket.destroy();
			await new Promise<void>((resolve) => (dying ? dying.close(() => resolve()) : resolve()));
		},
		async mend() {
			await listen(port);
		},
	};
}
