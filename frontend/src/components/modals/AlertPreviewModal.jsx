import { Modal } from '@mantine/core';
import { usePhone } from '../../lib/usePhone.js';
import { RulePreview } from '../admin/rules/RulePreview.jsx';

/** The preview of a rule, saved or being edited, over everything else. Takes what RulePreview takes. */
export const AlertPreviewModal = ({ title, onClose, ...preview }) => {
  const phone = usePhone();
  return (
    <Modal opened onClose={onClose} size={620} fullScreen={phone} title={title}>
      <RulePreview label={`Preview of ${title}`} {...preview} />
    </Modal>
  );
};
