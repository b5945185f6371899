import { expect } from 'chai';
import type { Seen } from '../../../test/e2e/visitor.ts';
import { type Bed, startBed } from './fixtures/bed.ts';
import { type BranchClient, branchClient, visitorOf } from './fixtures/branch-client.ts';

describe('an invitation to the staff', () => {
	let bed: Bed;
	let belmont: BranchClient;
	let kenton: BranchClient;
	before(async () => {
		bed = await startBed();
		belmont = await branchClient(bed, bed.salem, 'belmont');
		kenton = await branchClient(bed, bed.salem, 'kenton');
	});
	beforeEach(() => {
		bed.provisioner.failWith = null;
		bed.ils.misbehave(null);
	});
	after(() => bed?.close());

	function invite(
		token: string,
		branch: string | null = bed.salem.branches.get('belmont')!.record.id,
	): string {
		bed.provisioner.invitations.set(token, { role: 'host', name: 'June Aldaba', branch, by: null });
		return `${bed.salem.origin}/invitation/${token}`;
	}

	async function accept(url: string, name: string, pin = bed.person(name).pin): Promise<Seen> {
		const visitor = visitorOf(bed);
		const page = await visitor.open(url);
		expect(page.text).to.include('You are invited to the staff');
		return visitor.send(page, '/invitation/', { card: bed.person(name).card, pin });
	}

	it('is accepted by card; the page says which role, and the branch hears a number that is no card', async () => {
		const page = await accept(invite('first'), 'Aldaba');
		expect(page.status, page.text).to.equal(200);
		expect(page.text).to.include('Welcome to the staff');
		expect(page.text).to.include('June Aldaba, your role is now: Host.');
		expect(page.html).to.include(`${bed.salem.branches.get('belmont')!.record.origin}/signin`);
		const staffId = bed.provisioner.invitations.get('first')!.by;
		expect(staffId).to.match(/^[0-9a-f-]{36}$/);
		const here = await belmont.signIn(visitorOf(bed), bed.person('Aldaba'));
		const there = await kenton.signIn(visitorOf(bed), bed.person('Aldaba'));
		expect(here.claims.staff_id).to.equal(staffId);
		expect(there.claims.staff_id).to.equal(staffId);
		expect(there.claims.sub).to.not.equal(here.claims.sub);
	});

	it('may be accepted again by the same person, and by nobody else', async () => {
		const url = invite('second');
		await accept(url, 'Paik');
		expect((await accept(url, 'Paik')).status).to.equal(200);
		const other = await accept(url, 'Nakagawa');
		expect(other.status).to.equal(403);
		expect(other.text).to.include('This invitation cannot be used');
		expect(other.text).to.include('Your card is fine.');
	});

	it('that nobody sent gives no patron a number that is the same at every branch', async () => {
		const page = await accept(`${bed.salem.origin}/invitation/guessed`, 'Halvorsen');
		expect(page.status).to.equal(403);
		const { claims } = await belmont.signIn(visitorOf(bed), bed.person('Halvorsen'));
		expect(claims).to.not.have.property('staff_id');
	});

	it('is not lost when the provisioner fails: what was typed stays, and the same person ends with one number', async () => {
		const url = invite('third');
		bed.provisioner.failWith = 500;
		const broken = await accept(url, 'Osei');
		expect(broken.status).to.equal(500);
		expect(broken.text).to.include('Something broke on our side');
		expect(broken.html).to.include(bed.person('Osei').card);
		bed.provisioner.failWith = null;
		expect((await accept(url, 'Osei')).status).to.equal(200);
		const { claims } = await belmont.signIn(visitorOf(bed), bed.person('Osei'));
		expect(claims.staff_id).to.equal(bed.provisioner.invitations.get('third')!.by);
	});

	it('needs the right PIN and a catalog that answers', async () => {
		const url = invite('fourth');
		expect((await accept(url, 'Okafor', '0000')).status).to.equal(422);
		bed.ils.misbehave('silent');
		expect((await accept(url, 'Okafor')).status).to.equal(503);
		expect(bed.provisioner.invitations.get('fourth')!.by).to.equal(null);
	});

	it('can be accepted for a demonstration without the page, by the same rules', async () => {
		invite('fifth', null);
		const { card, pin } = bed.person('Tanaka');
		const bridge = bed.bridge();
		const wrong = await bridge
			.acceptInvitation({ library: 'salem', token: 'fifth', card, pin: '0000' })
			.catch((error: Error & { status?: number }) => error);
		expect(wrong).to.include({ status: 422 });
		await bridge.acceptInvitation({ library: 'salem', token: 'fifth', card, pin });
		expect(bed.provisioner.invitations.get('fifth')!.by).to.be.a('string');
		const spent = await bridge
			.acceptInvitation({ library: 'salem', token: 'nobody', card, pin })
			.catch((error: Error & { status?: number }) => error);
		expect(spent).to.include({ status: 403 });
	});

	it('says when the whole library is the place, without a branch to go to', async () => {
		const page = await accept(invite('sixth', null), 'Aguilar');
		expect(page.text).to.include('your role is now: Host.');
		expect(page.html).to.not.include('/signin');
	});
});
