import { createPublicKey } from 'node:crypto';
import { type City, startCity } from './fixtures/city.ts';
import { signingCertificates } from './fixtures/elsewhere.ts';
import { type Recipe, sign, soundly } from './fixtures/identity-provider.ts';

/** What nobody on the way can read is held to the same rules as what everybody could. */
describe('an encrypted assertion', () => {
	let city: City;
	let { expectIn, expectRefused } = {} as City;
	before(async () => {
		city = await startCity();
		({ expectIn, expectRefused } = city);
	});
	after(() => city?.close());

	const encrypted = async (
		changes: Partial<NonNullable<Recipe['encrypt']>> = {},
	): Promise<Partial<Recipe>> => {
		const [certificate = ''] = await signingCertificates(city.bed, city.bed.salem, 'encryption');
		return {
			encrypt: {
				for: 'salem',
				rsa_pub: createPublicKey(certificate).export({ format: 'pem', type: 'spki' }).toString(),
				pem: certificate,
				encryptionAlgorithm: 'http://www.w3.org/2009/xmlenc11#aes256-gcm',
				keyEncryptionAlgorithm: 'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p',
				warnInsecureAlgorithm: false,
				...changes,
			},
		};
	};

	it('is taken when it is signed inside and outside', async () => {
		await expectIn(await encrypted());
		await expectIn(await encrypted({ encryptionAlgorithm: 'http://www.w3.org/2001/04/xmlenc#aes128-cbc' }));
	});

	it('is refused when what is inside is not signed, or by SHA-1, or with a comment', async () => {
		await expectRefused('saml_signature', { ...(await encrypted()), signAssertion: false });
		await expectRefused('xml_comment', {
			...(await encrypted()),
			beforeSigning: (text) => text.replace('</saml:NameID>', '<!-- --></saml:NameID>'),
		});
		const weak = { ...soundly(city.provider.key), signature: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1' };
		await expectRefused('saml_algorithm', {
			...(await encrypted()),
			signAssertion: false,
			afterSigning: (text) => sign(text, 'Assertion', weak),
		});
	});

	it('is refused with a method that can be asked until it answers', async () => {
		await expectRefused(
			'saml_encryption',
			await encrypted({ keyEncryptionAlgorithm: 'http://www.w3.org/2001/04/xmlenc#rsa-1_5' }),
		);
		await expectRefused(
			'saml_encryption',
			await encrypted({ encryptionAlgorithm: 'http://www.w3.org/2001/04/xmlenc#tripledes-cbc' }),
		);
		await expectRefused('saml_unsigned', { ...(await encrypted()), signResponse: false });
	});

	it('is the only one taken where the library wants it so', async () => {
		city.set({ encrypted: 'required' });
		try {
			await expectRefused('saml_encryption', {});
			await expectIn(await encrypted());
		} finally {
			city.set();
		}
	});

	it('is refused when somebody changed a letter of it', async () => {
		await expectRefused('saml_signature', {
			...(await encrypted()),
			afterAll: (text) =>
				text.replace(
					/(<(?:\w+:)?CipherValue>)(.)/g,
					(_, tag: string, sign: string) => tag + (sign === 'A' ? 'B' : 'A'),
				),
		});
	});
});
