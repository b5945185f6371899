import { readFileSync } from 'node:fs';
import type { TlsOptions } from 'node:tls';
import { expect } from 'chai';
import { askFacts } from '../src/client.ts';
import type { TlsSettings } from '../src/secure.ts';
import { faultOfSettings, type Sip2Settings } from '../src/settings.ts';
import type { Step } from '../src/trace.ts';
import { allButOne, type ScriptedAcs, scriptedAcs } from './acs.ts';

const pem = (name: string) => readFileSync(new URL(`./vectors/tls/${name}.pem`, import.meta.url), 'utf8');
const pair = (name: string) => ({ cert: pem(name), key: pem(`${name}.key`) });
const WHEN = { now: Date.UTC(2026, 10, 22, 18, 51), zone: 'America/Los_Angeles' };
const ADA = { card: '29000000000001', pin: '1234' };
const GOOD = allButOne('none', () => null);

describe('a catalogue behind TLS', () => {
	let acs: ScriptedAcs | null = null;
	afterEach(async () => {
		await acs?.close();
		acs = null;
	});

	async function ask(
		server: TlsOptions,
		tls: TlsSettings,
		more: Partial<Sip2Settings> = {},
		steps: Step[] = [],
	) {
		await acs?.close();
		acs = await scriptedAcs(GOOD, server);
		const settings = { host: '127.0.0.1', port: acs.port, tls, ...more };
		return askFacts(settings, ADA, WHEN, { trace: (step) => steps.push(step) });
	}

	const untold = async (server: TlsOptions, tls: TlsSettings, reason: string) => {
		const answer = await ask(server, tls);
		expect(answer).to.deep.equal({ outcome: 'unavailable', reason });
		expect(acs!.heard, 'nothing was said to it').to.deep.equal([]);
	};

	it('is believed when an authority of the library’s has signed for its name or its address', async () => {
		const ca = pem('authority');
		for (const serverName of [undefined, 'ils.library.example', 'localhost']) {
			const steps: Step[] = [];
			expect((await ask(pair('good'), { ca, serverName }, {}, steps)).outcome, serverName).to.equal('ok');
			const secured = steps.find(({ step }) => step === 'secured');
			expect(secured).to.include({ protocol: 'TLSv1.3' });
			expect(secured).to.have.property('validTo').that.matches(/2126/);
		}
		expect((await ask(pair('good'), { ca }, { host: 'localhost' })).outcome).to.equal('ok');
	});

	it('is asked for by its name, so that one address can hold several', async () => {
		const asked: string[] = [];
		const server: TlsOptions = {
			...pair('elsewhere'),
			SNICallback: (name, give) => {
				asked.push(name);
				give(null);
			},
		};
		await ask(server, { ca: pem('authority'), serverName: 'ils.elsewhere.example' });
		expect(asked).to.deep.equal(['ils.elsewhere.example']);
	});

	it('is not spoken to under another name', async () => {
		await untold(pair('elsewhere'), { ca: pem('authority') }, 'certificate_name');
		const tls = { ca: pem('authority'), serverName: 'ils.elsewhere.example' };
		await untold(pair('good'), tls, 'certificate_name');
	});

	it('is not spoken to when its certificate is over', async () => {
		await untold(pair('expired'), { ca: pem('authority') }, 'certificate_expired');
		await untold(pair('expired'), { pinned: pem('expired') }, 'certificate_expired');
	});

	it('is not spoken to when nobody we trust has signed', async () => {
		await untold(pair('good'), { ca: pem('stranger') }, 'certificate_untrusted');
		await untold(pair('good'), {}, 'certificate_untrusted');
		await untold(pair('lonely'), { ca: pem('authority') }, 'certificate_untrusted');
	});

	it('is believed by the one certificate that was pinned, whatever name stands in it', async () => {
		for (const name of ['lonely', 'elsewhere', 'good']) {
			expect((await ask(pair(name), { pinned: pem(name) })).outcome, name).to.equal('ok');
		}
	});

	it('is not believed by another certificate of the same authority, nor by one that the pinned one signed', async () => {
		await untold(pair('elsewhere'), { pinned: pem('good') }, 'certificate_untrusted');
		await untold(pair('good'), { pinned: pem('authority') }, 'certificate_untrusted');
	});

	it('is shown our certificate where it wants one', async () => {
		const strict: TlsOptions = {
			...pair('good'),
			ca: pem('authority'),
			requestCert: true,
			rejectUnauthorized: true,
		};
		const ca = pem('authority');
		const ours = { certificate: pem('bridge'), key: pem('bridge.key') };
		for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
			expect((await ask({ ...strict, maxVersion }, { ca, ...ours })).outcome, maxVersion).to.equal('ok');
			const lonely = { certificate: pem('lonely'), key: pem('lonely.key') };
			for (const wrong of [{ ca }, { ca, ...lonely }]) {
				expect((await ask({ ...strict, maxVersion }, wrong)).outcome, maxVersion).to.equal('unavailable');
				expect(acs!.heard, 'nothing was said to it').to.deep.equal([]);
			}
		}
		// Only TLS 1.3 has a word for it.
		await untold(strict, { ca }, 'client_certificate');
	});

	it('is not spoken to in anything older than TLS 1.2', async () => {
		const old: TlsOptions = {
			...pair('good'),
			minVersion: 'TLSv1',
			maxVersion: 'TLSv1.1',
			ciphers: 'DEFAULT@SECLEVEL=0',
		};
		await untold(old, { ca: pem('authority') }, 'tls');
		const middle: TlsOptions = { ...pair('good'), maxVersion: 'TLSv1.2' };
		expect((await ask(middle, { ca: pem('authority') })).outcome).to.equal('ok');
		await untold(middle, { ca: pem('authority'), minVersion: 'TLSv1.3' }, 'tls');
	});

	it('that speaks plain text instead is told apart, and gets no credentials', async () => {
		acs = await scriptedAcs(() => '98Y\r');
		const settings = {
			host: '127.0.0.1',
			port: acs.port,
			tls: { ca: pem('authority') },
			timeouts: { secure: 60 },
		};
		const answer = await askFacts(settings, ADA, WHEN);
		expect(answer).to.have.property('outcome', 'unavailable');
		expect(acs.heard.join()).to.not.include('1234');
	});
});

describe('plain text', () => {
	const fault = (settings: Partial<Sip2Settings>) =>
		faultOfSettings({ host: 'ils.example', port: 6001, ...settings });

	it('goes to this machine only, unless a library says that it may', async () => {
		for (const host of ['127.0.0.1', '127.8.9.1', '::1', 'localhost'])
			expect(fault({ host }), host).to.equal(null);
		for (const host of [
			'ils.example',
			'10.1.2.3',
			'192.168.0.1',
			'0.0.0.0',
			'localhost.example',
			'fe80::1',
		]) {
			expect(fault({ host }), host).to.deep.equal({ setting: 'tls', why: 'plain_text' });
			expect(fault({ host, allowPlainText: true }), host).to.equal(null);
			expect(fault({ host, tls: {} }), host).to.equal(null);
		}
		const answer = await askFacts({ host: '192.0.2.1', port: 6001 }, ADA, WHEN);
		expect(answer).to.deep.equal({ outcome: 'misconfigured', reason: 'settings' });
	});
});

describe('settings of TLS', () => {
	const fault = (tls: TlsSettings) => faultOfSettings({ host: 'ils.example', port: 6001, tls });

	it('are refused when they cannot mean what they say', () => {
		const [ca, certificate, key] = [pem('authority'), pem('bridge'), pem('bridge.key')];
		expect(fault({ ca, certificate, key })).to.equal(null);
		expect(fault({ ca, pinned: pem('good') })).to.include({ why: 'two_kinds_of_trust' });
		expect(fault({ ca: 'hello' })).to.deep.equal({ setting: 'tls.ca', why: 'not_a_certificate' });
		expect(fault({ pinned: '' })).to.deep.equal({ setting: 'tls.pinned', why: 'not_a_certificate' });
		expect(fault({ certificate })).to.include({ why: 'key_without_certificate' });
		expect(fault({ key })).to.include({ why: 'key_without_certificate' });
		expect(fault({ certificate, key: pem('good.key') })).to.include({ why: 'not_a_key' });
		expect(fault({ certificate, key: 'hello' })).to.include({ why: 'not_a_key' });
	});
});
