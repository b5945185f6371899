import type { IncomingMessage } from 'node:http';
import { expect } from 'chai';
import { isForProcess, isFromInside } from '../src/inside.ts';

const HOME = 'home-1:8080';
const asked = (headers: Record<string, string>) => ({ headers }) as unknown as IncomingMessage;

describe('what is for the process itself', () => {
	it('is what a probe or another role asks, by bare address or by the name inside', () => {
		for (const host of ['10.1.2.3:8080', '[::1]:8080', 'localhost:8080', HOME]) {
			expect(isForProcess(asked({ host }), HOME), host).to.equal(true);
		}
		expect(isForProcess(asked({}), HOME)).to.equal(true);
	});

	it('is never what came through a proxy, whatever host it names', () => {
		for (const name of ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto']) {
			for (const host of ['10.1.2.3:8080', 'localhost', HOME]) {
				const request = asked({ host, [name]: 'anything' });
				expect(isFromInside(request), name).to.equal(false);
				expect(isForProcess(request, HOME), `${name} ${host}`).to.equal(false);
			}
		}
	});

	it('is not what a visitor asks of a branch, or of another home', () => {
		for (const host of ['belmont.multnomah.library.example', 'home-2:8080', 'home-1:80', 'home-1']) {
			expect(isForProcess(asked({ host }), HOME), host).to.equal(false);
		}
		expect(isForProcess(asked({ host: 'home-1:8080' }), null)).to.equal(false);
	});
});
