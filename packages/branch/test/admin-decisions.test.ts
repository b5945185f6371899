import { expect } from 'chai';
import { ACTS } from '../src/services/hosting/acts.ts';
import { type Bed, createBed } from './bed.ts';
import { type Browser, call } from './browser.ts';
import { rows } from './look.ts';

const FACTS = 'The post offers a car for money, and nobody had asked for an offer.';
const REASON = 'Somebody had asked for it two posts above. So the rule does not fit here.';

describe('decisions by program', () => {
	let bed: Bed;
	let ana: Browser;
	let key: string;

	before(async () => {
		bed = await createBed(['north']);
		bed.grant('staff-june', 'north');
		ana = await bed.branch('north').join('ana');
		const june = bed.branch('north').browser({ staff_id: 'staff-june' });
		await june.get('/staff/programs');
		const made = await june.post('/staff/programs', { name: 'The wall in the office' });
		key = /understory_staff_\w+/.exec(made.body)![0];
	});
	after(() => bed.close());
	afterEach(() => expect(bed.errors).to.deep.equal([]));

	const ask = async (path: string, body?: object, authorization = `Bearer ${key}`) => {
		const headers = {
			...{ host: new URL(bed.branch('north').origin).host, authorization },
			...(body ? { 'content-type': 'application/json' } : {}),
		};
		const at = `/api/v1/admin${path}`;
		const answer = await call(bed.port, body ? 'POST' : 'GET', at, headers, body && JSON.stringify(body));
		const said = answer.body.startsWith('{') || answer.body.startsWith('[') ? JSON.parse(answer.body) : null;
		return { status: answer.status, said, headers: answer.headers };
	};
	const count = () => rows(bed, 'north', 'SELECT id FROM decision').length;

	it('know what a host can do, as data', async () => {
		const { said } = await ask('/acts');
		expect(said).to.have.length(ACTS.length);
		expect(said).to.deep.include({
			...{ action: 'account_suspended', about: 'person', most_days: 1 },
			...{ takes_down: false, only_after_notice: false },
		});
	});

	it('are answered with what both sides will read, and made with the sign of that answer and of no other', async () => {
		const status_id = (await ana.write('xp-car', 'branch')).split('/')[2]!;
		const ruling = { status_id, rule: 'conduct/no-advertising', facts: FACTS, post_act: 'content_hidden' };
		const shown = await ask('/decisions', ruling);
		expect(shown.status).to.equal(200);
		expect(shown.said.preview).to.deep.include({ heading: 'We hid one of your posts', facts: FACTS });
		expect(count()).to.equal(0);
		const { confirm } = shown.said;
		const other = await ask('/decisions', { ...ruling, post_act: 'post_locked', confirm });
		expect([other.status, count()]).to.deep.equal([409, 0]);
		const made = await ask('/decisions', { ...ruling, confirm });
		expect(made.said).to.deep.include({
			...{ status_id, action: ['content_hidden'], facts: FACTS, reversed_at: null },
			rule: { policy: 'conduct', id: 'no-advertising', version: 1 },
		});
		expect((await ana.get('/notices')).body).to.include('We hid one of your posts');
		expect((await ask('/decisions', { ...ruling, confirm })).status, 'once').to.equal(409);
		const { id } = made.said;
		expect((await ask(`/decisions/${id}/reverse`, { reason: 'short' })).status).to.equal(422);
		const back = await ask(`/decisions/${id}/reverse`, { reason: REASON });
		expect(back.said.reversed_at).to.be.a('string');
		expect((await ask(`/decisions/${id}`)).said.id).to.equal(id);
		expect(rows(bed, 'north', 'SELECT what FROM access')).to.deep.equal([{ what: 'case' }]);
	});

	it('are held to the rule, to a post or a person, and to a key that is good', async () => {
		const before = count();
		const person = { username: 'ana', rule: 'conduct/no-unwanted-contact', facts: FACTS };
		const shown = await ask('/decisions', { ...person, person_act: 'account_limited', days: '3' });
		expect(shown.said.preview.heading).to.include('Your account is limited until');
		const longer = { ...person, person_act: 'account_limited', days: '30', confirm: shown.said.confirm };
		expect((await ask('/decisions', longer)).status, 'more days than were answered').to.equal(409);
		const tooMuch = await ask('/decisions', { ...person, person_act: 'account_suspended' });
		expect(tooMuch.said.errors[0].text).to.equal('act_too_strong');
		expect((await ask('/decisions', { rule: person.rule, facts: FACTS })).status).to.equal(422);
		expect((await ask('/decisions', { ...person, username: 'nobody' })).status).to.equal(404);
		expect((await ask('/decisions', person, 'Bearer x')).status).to.equal(401);
		expect(count()).to.equal(before);
	});

	it('come page by page, without a word of what a case keeps sealed', async () => {
		const status_id = (await ana.write('xp-secret', 'branch')).split('/')[2]!;
		const ruling = { status_id, rule: 'conduct/no-threats', facts: FACTS, post_act: 'content_removed' };
		const { said } = await ask('/decisions', ruling);
		bed.clock.advance(1000);
		await ask('/decisions', { ...ruling, confirm: said.confirm });
		const first = await ask('/decisions?limit=1');
		expect(first.said).to.have.length(1);
		expect(JSON.stringify(first.said)).not.to.include('xp-secret');
		const next = /\/api\/v1\/admin([^>]*)>; rel="next"/.exec(String(first.headers.link))![1]!;
		expect((await ask(next)).said[0].id).not.to.equal(first.said[0].id);
	});
});
