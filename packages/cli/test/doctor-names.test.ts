import { checkNames } from '@understory/cli/doctor/names.ts';
import { expect } from 'chai';

describe('what the doctor says of public names', () => {
	const found = async (type: string, status: string, reason: string, stage = 'open') => {
		const conditions = [{ type, status, reason, message: 'What was seen.' }];
		const look = { library: { slug: 'anytown' }, branches: [{ slug: 'north', stage, conditions }] };
		return checkNames(look as unknown as Parameters<typeof checkNames>[0]);
	};

	it('names what the DNS does not know and what browsers refuse, each with what to do', async () => {
		for (const [type, reason] of [
			['DomainVerified', 'ResolvesNot'],
			...['Expired', 'WrongName', 'NotTrusted', 'ShowsNone'].map((one) => ['CertificateReady', one]),
		] as [string, string][]) {
			const [fault, ...others] = await found(type, 'False', reason);
			expect(others).to.deep.equal([]);
			expect(fault).to.include({ where: 'anytown/north', wrong: 'What was seen.' });
			expect(fault!.mend, reason).to.match(/DNS|certificate|chain/);
		}
	});

	it('names a certificate that was not renewed in time, though it is good still', async () => {
		expect(await found('CertificateReady', 'True', 'ExpiresSoon')).to.have.length(1);
		expect(await found('CertificateReady', 'True', 'Valid')).to.deep.equal([]);
	});

	it('calls nothing a fault that the platform cannot see, nor what is closed for good', async () => {
		expect(await found('CertificateReady', 'Unknown', 'NoAnswer')).to.deep.equal([]);
		expect(await found('DomainVerified', 'Unknown', 'NotLookedYet')).to.deep.equal([]);
		expect(await found('DomainVerified', 'False', 'ResolvesNot', 'retired')).to.deep.equal([]);
	});
});
