import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportKey, generateKey } from '@understory/transparency-log/keys.ts';
import { expect } from 'chai';
import { type Unpacked, unpack } from '../../infra/image/test/fixtures/unpacked.ts';
import { freshDatabase } from '../../packages/town/src/test-postgres.ts';
import { call } from '../e2e/api.ts';
import { readiness } from '../e2e/platform/role-process.ts';
import { type Running, until } from './bed/processes.ts';
import { type Container, startContainer } from './fixtures/container.ts';
import { imageArchive } from './fixtures/image.ts';

const TOKEN = 'a'.repeat(64);
const bytes = Buffer.alloc(32, 7).toString('base64');

describe('a container of the image', () => {
	let folder: string;
	let image: Unpacked;
	const begun: Container[] = [];
	const begin = (name: string, settings: Partial<Parameters<typeof startContainer>[1]> = {}) => {
		const container = startContainer(image, { folder, name, words: [name], ...settings });
		begun.push(container);
		return container;
	};
	const isReady = (port: number) => async () => (await readiness(port))?.status === 200;

	before(function () {
		const { UNDERSTORY_NO_CLUSTER, UNDERSTORY_CLUSTER_FOLDER } = process.env;
		if (UNDERSTORY_NO_CLUSTER) this.skip();
		folder = mkdtempSync(join(UNDERSTORY_CLUSTER_FOLDER!, 'i-'));
		image = unpack(imageArchive(), folder);
	});
	after(async () => {
		for (const container of begun.toReversed()) await container.stop();
	});

	it('is any role by its one word, with its settings and secrets, and all of them together are ready', async () => {
		const variables = {
			UNDERSTORY_ADDRESS: '127.0.0.1',
			UNDERSTORY_DOMAIN: 'platform.example',
			UNDERSTORY_PLATFORM_URL: 'http://127.0.0.1:8080',
		};
		const { UNDERSTORY_PLATFORM_URL: _, ...own } = variables;
		const provisioner = begin('provisioner', {
			variables: { ...own, UNDERSTORY_PORT: '8080' },
			secrets: {
				'database-url': await freshDatabase('image_provisioner'),
				'platform-key': exportKey(generateKey()),
				'console-key': bytes,
				'admin-token': TOKEN,
				'enrolment-tokens': JSON.stringify({ 'sso-bridge': 'b'.repeat(64), accountability: 'c'.repeat(64) }),
			},
		});
		const bridge = begin('sso-bridge', {
			variables: { ...variables, UNDERSTORY_PORT: '8081' },
			secrets: {
				'database-url': await freshDatabase('image_bridge'),
				master: bytes,
				'enrolment-token': 'b'.repeat(64),
			},
		});
		const site = begin('accountability', {
			variables: { ...variables, UNDERSTORY_PORT: '8082' },
			secrets: { 'database-url': await freshDatabase('image_site'), 'enrolment-token': 'c'.repeat(64) },
		});
		const home = begin('home', {
			variables: {
				...variables,
				UNDERSTORY_PORT: '8083',
				UNDERSTORY_HOME_NAME: 'home-9',
				UNDERSTORY_INTERNAL_URL: 'http://127.0.0.1:8083',
			},
		});
		await until('The provisioner', isReady(8080), provisioner);
		await until('The bridge', isReady(8081), bridge);
		await until('The accountability site', isReady(8082), site);
		const lives = async () =>
			(await call(8083, 'GET', '/healthz', { host: '127.0.0.1:8083' })).status === 200;
		await until('The home', lives, home);
		// Nobody gave it a token, and it says so.
		const waits = await readiness(8083);
		expect(waits?.status).to.equal(503);
		expect(waits?.text).to.not.equal('');
	});

	it('runs as a user without any right, and writes no memory to a disk when it breaks down', () => {
		for (const container of begun) {
			const of = (file: string) => readFileSync(`/proc/${container.init()}/${file}`, 'utf8');
			const status = of('status');
			expect(status).to.match(/^Uid:\s+10001\s+10001\s+10001\s+10001$/m);
			expect(status).to.match(/^CapEff:\s+0+$/m);
			expect(status).to.match(/^NoNewPrivs:\s+1$/m);
			expect(of('limits')).to.match(/^Max core file size\s+0\s+0\s/m);
			expect(of('cmdline').split('\0')[0]).to.equal('/usr/local/bin/node');
		}
	});

	it('writes to /data and /tmp and nowhere else', async () => {
		const places = [
			'/',
			'/app',
			'/app/packages',
			'/data',
			'/etc',
			'/secrets',
			'/tmp',
			'/usr/local/bin',
			'/var',
		];
		const program = `
			const fs = require('node:fs');
			const written = ${JSON.stringify(places)}.filter((place) => {
				try {
					fs.writeFileSync(place + '/x', 'x');
					return true;
				} catch {
					return false;
				}
			});
			fs.writeFileSync('/data/written', written.join());
		`;
		const writer = begin('writer', {
			words: ['/usr/local/bin/node', '--eval', program],
			insteadOfEntrypoint: true,
		});
		await ended(writer);
		expect(readFileSync(join(writer.data, 'written'), 'utf8'), writer.tail()).to.equal('/data,/tmp');
	});

	it('says in a sentence what is wrong with its word, and ends', async () => {
		const wrong = begin('librarian');
		await ended(wrong);
		expect(wrong.tail()).to.include(
			'Say which role to start, and nothing else: provisioner, sso-bridge, accountability, home.',
		);
	});

	it('ends when it is asked to, with nothing broken off', async () => {
		for (const container of begun.splice(0).toReversed()) {
			const asked = performance.now();
			await container.stop();
			expect(performance.now() - asked, container.name).to.be.below(5_000);
		}
	});
});

async function ended(running: Running): Promise<void> {
	while (running.alive()) await new Promise((resolve) => setTimeout(resolve, 20));
}
