import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import {
	chmodSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Log, silentLog } from '@understory/core/log.ts';
import { expect } from 'chai';
import pg from 'pg';
import { ownDatabase, type Postgres, startPostgres } from '../src/postgres.ts';

describe('the embedded PostgreSQL', function () {
	this.timeout(60_000);
	let folder: string;
	const running: Postgres[] = [];
	const data = () => join(folder, 'data');
	const pidOf = () => Number(readFileSync(join(data(), 'postmaster.pid'), 'utf8').split('\n')[0]);

	async function start(log: Log = silentLog, careless = true): Promise<Postgres> {
		const server = await startPostgres({ folder, careless, log });
		running.push(server);
		return server;
	}
	async function ask(url: string, sql: string): Promise<unknown[]> {
		const client = new pg.Client({ connectionString: url });
		await client.connect();
		try {
			return (await client.query(sql)).rows;
		} finally {
			await client.end();
		}
	}
	const refused = (act: Promise<unknown>) =>
		act.then(
			() => 'nothing',
			(error: Error) => error.message,
		);

	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), 'understory-pg-'));
	});
	afterEach(async () => {
		await Promise.all(running.splice(0).map((server) => server.close()));
		rmSync(folder, { recursive: true, force: true });
	});

	it('gives each service a schema of its own that no other service can read', async () => {
		const server = await start();
		const [one, two] = await Promise.all([server.urlFor('one'), server.urlFor('two')]);
		await ask(one, 'create table secret (word text)');
		await ask(one, "insert into secret values ('card')");
		expect(await ask(one, 'select word from secret')).to.deep.equal([{ word: 'card' }]);
		expect(await refused(ask(two, 'select * from one.secret'))).to.contain('permission denied');
		expect(await refused(ask(two, 'create table one.mine (id int)'))).to.contain('permission denied');
		expect(await refused(ask(two, 'create schema three'))).to.contain('permission denied');
	});

	it('asking twice for a service is asking once, and a bad name is refused', async () => {
		const server = await start();
		const urls = await Promise.all([server.urlFor('one'), server.urlFor('one'), server.urlFor('one')]);
		expect(new Set(urls).size).to.equal(1);
		expect(() => server.urlFor('one; drop database understory')).to.throw('small letters');
	});

	it('lets nobody in without the right password', async () => {
		const server = await start();
		const url = new URL(await server.urlFor('one'));
		for (const [user, word] of [
			['one', 'wrong'],
			['postgres', ''],
			['postgres', 'postgres'],
		]) {
			url.username = user!;
			url.password = word!;
			expect(await refused(ask(url.href, 'select 1'))).to.match(/password/i);
		}
	});

	it('keeps its password from other users, listens on this machine only, and has no socket in the file system', async () => {
		const server = await start();
		expect(statSync(join(folder, 'password')).mode & 0o777).to.equal(0o600);
		expect(statSync(data()).mode & 0o777).to.equal(0o700);
		const url = await server.urlFor('one');
		expect(await ask(url, 'show listen_addresses')).to.deep.equal([{ listen_addresses: '127.0.0.1' }]);
		// The fifth line names the folder of the socket, where there is one.
		expect(readFileSync(join(data(), 'postmaster.pid'), 'utf8').split('\n')[4]).to.equal('');
	});

	it('waits for the disk, except where a test says that it need not', async () => {
		const server = await start(silentLog, false);
		const url = await server.urlFor('one');
		expect(await ask(url, 'show fsync')).to.deep.equal([{ fsync: 'on' }]);
		expect(await ask(url, 'show synchronous_commit')).to.deep.equal([{ synchronous_commit: 'on' }]);
	});

	it('a second start has what the first one kept, with the same addresses but for the port', async () => {
		const first = await start();
		const before = new URL(await first.urlFor('one'));
		await ask(before.href, 'create table kept as select 7 as seven');
		await first.close();
		const second = await start();
		const after = new URL(await second.urlFor('one'));
		expect(await ask(after.href, 'select seven from kept')).to.deep.equal([{ seven: 7 }]);
		expect([after.username, after.password, after.pathname]).to.deep.equal([
			before.username,
			before.password,
			before.pathname,
		]);
	});

	it('a PostgreSQL of the operator’s own gets the same roles and schemas, from an administrator who is no superuser', async () => {
		const server = await start();
		const admin = new URL(await server.urlFor('one'));
		admin.username = 'postgres';
		admin.password = readFileSync(join(folder, 'password'), 'utf8');
		await ask(admin.href, "create role boss login createrole password 'of the house'");
		await ask(admin.href, 'create database house owner boss');
		admin.username = 'boss';
		admin.password = 'of the house';
		admin.pathname = '/house';
		const house = await ownDatabase(admin.href);
		const urls = await Promise.all(['bridge', 'site'].map((service) => house.urlFor(service)));
		await ask(urls[0]!, 'create table kept as select 7 as seven');
		expect(await refused(ask(urls[1]!, 'select * from bridge.kept'))).to.contain('permission denied');
		const again = await ownDatabase(admin.href);
		expect(await ask(await again.urlFor('bridge'), 'select seven from kept')).to.deep.equal([{ seven: 7 }]);
		await house.close();
		expect(await ask(urls[0]!, 'select 1 as one')).to.deep.equal([{ one: 1 }]);
	});

	it('stops when it is closed, and may be closed twice', async () => {
		const server = await start();
		const { port } = new URL(await server.urlFor('one'));
		await Promise.all([server.close(), server.close()]);
		await server.close();
		expect(existsSync(join(data(), 'postmaster.pid'))).to.equal(false);
		const socket = connect(Number(port), '127.0.0.1');
		const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
		expect(error.code).to.equal('ECONNREFUSED');
	});

	it('a server of this folder that is still running is stopped first; what was committed is there', async () => {
		const first = await start();
		await ask(await first.urlFor('one'), 'create table kept as select 7 as seven');
		const orphan = pidOf();
		const second = await start();
		expect(pidOf()).to.not.equal(orphan);
		expect(await ask(await second.urlFor('one'), 'select seven from kept')).to.deep.equal([{ seven: 7 }]);
	});

	it('a number in an old pid file that belongs to another process now is left alone, and does not keep it from starting', async () => {
		const first = await start();
		const url = new URL(await first.urlFor('one'));
		const text = readFileSync(join(data(), 'postmaster.pid'), 'utf8');
		await first.close();
		const bystander = spawn('sleep', ['60'], { stdio: 'ignore' });
		try {
			writeFileSync(join(data(), 'postmaster.pid'), text.replace(/^\d+/, String(bystander.pid)));
			const second = await start();
			expect(new URL(await second.urlFor('one')).username).to.equal(url.username);
			expect(bystander.exitCode ?? bystander.signalCode).to.equal(null);
		} finally {
			bystander.kill('SIGKILL');
		}
	});

	it('a start that broke off while the data folder was made is begun again', async () => {
		mkdirSync(join(folder, 'data.new'));
		writeFileSync(join(folder, 'data.new', 'PG_VERSION'), 'half');
		const server = await start();
		expect(await ask(await server.urlFor('one'), 'select 1 as one')).to.deep.equal([{ one: 1 }]);
		expect(readdirSync(folder)).to.not.include('data.new');
	});

	it('a server that was killed is started again on its port, with what was committed, though many ask for it meanwhile; and it stops when it is asked to', async () => {
		const events = new EventEmitter();
		const told = (event: string) => void events.emit(event);
		const server = await start({ ...silentLog, error: told, info: told }, false);
		const url = await server.urlFor('one');
		await ask(url, 'create table kept as select 7 as seven');
		const back = Promise.all([once(events, 'database_ended'), once(events, 'database_back')]);
		process.kill(pidOf(), 'SIGKILL');
		let isBack = false;
		// Each that is turned away while it comes up has it say so.
		const knock = async () => {
			while (!isBack) await ask(url, 'select 1').catch(() => undefined);
		};
		const knocking = Array.from({ length: 40 }, knock);
		await back;
		isBack = true;
		await Promise.all(knocking);
		expect(await ask(url, 'select seven from kept')).to.deep.equal([{ seven: 7 }]);
		await server.close();
		expect(await ask(url, 'select 1').catch(({ code }) => code)).to.equal('ECONNREFUSED');
	});

	describe('started by root where there are no user namespaces', () => {
		before(function () {
			if (process.getuid?.() === 0) return;
			console.error('      only root can try to run it as nobody');
			this.skip();
		});
		const asNobody = async () => {
			const server = await startPostgres({ folder, careless: true, namespaces: false });
			running.push(server);
			return server;
		};

		it('runs as nobody, to whom its folder is given', async () => {
			const server = await asNobody();
			expect(await ask(await server.urlFor('one'), 'select 1 as one')).to.deep.equal([{ one: 1 }]);
			expect(statSync(data()).uid).to.equal(65_534);
			expect(statSync(join(folder, 'password')).mode & 0o777).to.equal(0o600);
			expect(readFileSync(`/proc/${pidOf()}/status`, 'utf8')).to.match(/^Uid:\s+65534\s+65534/m);
		});

		it('goes on with data that was begun the other way, and back', async () => {
			const first = await start(silentLog, false);
			await ask(await first.urlFor('one'), 'create table kept as select 7 as seven');
			await first.close();
			const second = await asNobody();
			const seven = [{ seven: 7 }];
			expect(await ask(await second.urlFor('one'), 'select seven from kept')).to.deep.equal(seven);
			await second.close();
			const third = await start(silentLog, false);
			expect(await ask(await third.urlFor('one'), 'select seven from kept')).to.deep.equal(seven);
		});

		it('says which folder nobody cannot reach, and what can be done', async () => {
			const hidden = join(folder, 'private', 'town', 'postgres');
			mkdirSync(hidden, { recursive: true });
			chmodSync(join(folder, 'private'), 0o700);
			const said = await refused(startPostgres({ folder: hidden, namespaces: false }));
			expect(said).to.contain(hidden).and.to.contain('UNDERSTORY_DATABASE_URL');
		});
	});
});
