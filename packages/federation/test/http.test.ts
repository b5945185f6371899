import { expect } from 'chai';
import { wantsActivity } from '../src/http/negotiation.ts';
import { routeOf } from '../src/http/paths.ts';
import { signatureClaim } from '../src/receive/signature-header.ts';

describe('which requests are for federation', () => {
	it('is decided by the exact path', () => {
		expect(routeOf('/ap/users/12/statuses/34/activity')).to.deep.equal({
			name: 'post',
			actor: '12',
			post: '34',
			part: 'activity',
		});
		expect(routeOf('/ap/actor')).to.deep.equal({ name: 'actor', actor: null });
		expect(routeOf('/ap/users/12/inbox')).to.deep.equal({ name: 'inbox', actor: '12' });
		const others = [
			'/',
			'/@ada',
			'/ap/',
			'/ap/users/',
			'/ap/users/ada',
			'/ap/users/012',
			'/ap/users/12/',
			'/ap/users/12/statuses',
			'/ap/users/server',
			'/ap/users/12345678901234567',
			'/ap/constructor',
			'/ap/__proto__',
			'/.well-known/security.txt',
			'//ap/actor',
			'/AP/actor',
		];
		for (const path of others) expect(routeOf(path), path).to.equal(null);
	});

	it('is decided by what is accepted, and a page wins over a tie it did not lose', () => {
		const wanted = [
			'application/activity+json',
			'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
			'application/activity+json, application/ld+json',
			'APPLICATION/Activity+JSON, text/html;q=0.1',
		];
		const notWanted = [
			undefined,
			'',
			'*/*',
			'text/html',
			'application/json',
			'application/activity+json;q=0',
			'text/html,application/xhtml+xml,application/activity+json;q=0.9',
			'application/activity+jsonx',
		];
		for (const accept of wanted) expect(wantsActivity(accept), accept).to.equal(true);
		for (const accept of notWanted) expect(wantsActivity(accept), accept).to.equal(false);
	});
});

describe('the claim of a signature', () => {
	const cavage = (headers: string, more = '') =>
		`keyId="https://a.example/u#main-key",headers="${headers}",signature="c2ln"${more}`;
	const rfc = (components: string, more = ';created=1;keyid="https://a.example/u#main-key"') =>
		`sig1=(${components})${more}`;

	it('names the key and its origin', () => {
		const signature = cavage('(request-target) host date digest content-type');
		expect(signatureClaim({ signature }, true)).to.deep.equal({
			keyId: 'https://a.example/u#main-key',
			origin: 'https://a.example',
			standard: 'cavage',
		});
		const input = rfc('"@method" "@target-uri" "content-digest"');
		expect(signatureClaim({ signature: 'sig1=:c2ln:', 'signature-input': input }, true)).to.include({
			origin: 'https://a.example',
			standard: 'rfc9421',
		});
	});

	it('is none when it leaves open what the body was', () => {
		const signature = cavage('(request-target) host date');
		expect(signatureClaim({ signature }, true)).to.equal(null);
		const headers = { signature: 'sig1=:c2ln:', 'signature-input': rfc('"@method" "@target-uri"') };
		expect(signatureClaim(headers, false)).to.be.an('object');
		expect(signatureClaim(headers, true)).to.equal(null);
	});

	it('is none when it could be read in two ways', () => {
		const good = '(request-target) host date';
		const wrong = [
			cavage(good, ',keyId="https://b.example/u#main-key"'),
			cavage(good, ',headers="date"'),
			cavage(good, ', nonsense'),
			cavage(good).replace('a.example/u', 'a.example/u,x'),
			cavage(good).replace('https:', 'ftp:'),
			cavage(good).replace('https://a.example/u', 'mailto:a'),
		];
		expect(signatureClaim({ signature: cavage(good) }, false)).to.be.an('object');
		for (const signature of wrong) expect(signatureClaim({ signature }, false), signature).to.equal(null);
		const inputs = [
			rfc('"@method"'),
			rfc('"@method" "@path"'),
			rfc('"@method" "@target-uri"', ';created=1'),
			`${rfc('"@method" "@target-uri"')}, ${rfc('"date"').replace('sig1', 'sig2')}`,
			rfc('"@method" "@target-uri"', ';keyid="https://a.example/u";keyid="https://b.example/u"'),
		];
		for (const input of inputs) {
			expect(signatureClaim({ signature: 'sig1=:c2ln:', 'signature-input': input }, false), input).to.equal(
				null,
			);
		}
	});
});
