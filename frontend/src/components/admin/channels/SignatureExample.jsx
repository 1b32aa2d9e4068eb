import { CopyButton } from '../../CopyButton.jsx';
import styles from './channels.module.css';

const example = `import base64, hashlib, hmac

def is_from_belfry(headers: dict, body: bytes, secret: str) -> bool:
    signed = b".".join([headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body])
    key = base64.b64decode(secret.removeprefix("whsec_"))
    wanted = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    given = [each.removeprefix("v1,") for each in headers["webhook-signature"].split()]
    return any(hmac.compare_digest(wanted, each) for each in given)`;

/** How a receiver tells that a message is Belfry's. */
export const SignatureExample = () => (
  <details className={styles.example}>
    <summary>How the receiver checks the signature</summary>
    <figure className="example" tabIndex={0} role="region" aria-label="Checking a signature in Python">
      <pre className="mono">{example}</pre>
      <CopyButton text={example} />
    </figure>
  </details>
);
