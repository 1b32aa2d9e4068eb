import { Button, Modal } from '@mantine/core';
import { useDeleteService, useServiceDetail } from '../../../api/health.js';
import { FormProblem } from '../../../components/FormProblem.jsx';
import { announce } from '../../../lib/announce.js';

const list = new Intl.ListFormat('en', { type: 'conjunction' });

/** Deleting cannot be undone, so it says first what goes with it. */
export const RemoveDialog = ({ service, change, view, act }) => {
  const remove = useDeleteService();
  const affects = (useServiceDetail(service.id).data?.affects ?? []).filter((one) => one.via.length === 0).map((one) => one.name);
  const onDelete = () =>
    remove.mutate(service.id, {
      onSuccess: () => {
        announce(`${service.name} is deleted.`);
        change({ panel: '', service: '', open: view.open.filter((id) => id !== service.id), selected: '' });
      },
    });
  return (
    <Modal opened onClose={act.close} size={440} title={`Delete ${service.name}?`}>
      <div className="stack">
        <p className="mid">
          Its checks stop and its history goes with it. This cannot be undone.
          {affects.length > 0 && ` ${list.format(affects)} ${affects.length > 1 ? 'depend' : 'depends'} on it and will show it as not monitored.`}
        </p>
        <FormProblem problem={remove.error} />
        <div className="row" style={{ justifyContent: 'flex-end' }}>
          <Button onClick={act.close} data-autofocus>Keep it</Button>
          <Button className="danger" loading={remove.isPending} onClick={onDelete}>Delete {service.name}</Button>
        </div>
      </div>
    </Modal>
  );
};
