import { useState } from 'react';
import { useCreateService, useDependencies, useServiceDetail, useTryService, useUpdateService } from '../../../api/health.js';
import { ServiceEditor } from '../../../components/admin/ServiceEditor.jsx';
import { announce } from '../../../lib/announce.js';

/** Adds or edits a service; on a conflict it offers the newer version or the own one. */
const Editor = ({ current, latestVersion, reload, byId, can, change, act }) => {
  const create = useCreateService();
  const update = useUpdateService();
  const attempt = useTryService();
  const edges = useDependencies().data?.edges ?? [];
  const services = [...byId.values()];
  const save = current ? update : create;
  const done = (detail) => {
    announce(`${detail.service.name} is saved.`);
    change({ panel: '', service: '', selected: detail.service.id });
  };
  const put = (spec, version) => update.mutate({ spec, version }, { onSuccess: done });
  const overwrite = async () => put(update.variables.spec, await latestVersion());
  return (
    <ServiceEditor
      current={current}
      services={services}
      groups={[...new Set(services.map((service) => service.group))]}
      edges={edges}
      canSave={can.administer}
      save={save}
      attempt={attempt}
      conflict={update.error?.status === 412 ? { reload, overwrite } : null}
      onSave={(spec) => (current ? put(spec, current.version) : create.mutate(spec, { onSuccess: done }))}
      onTry={(spec) => attempt.mutate(spec)}
      onClose={act.close}
    />
  );
};

/** The version that is edited is the one that was shown first: a refresh in between does not replace it. */
const EditExisting = ({ service, ...rest }) => {
  const detail = useServiceDetail(service.id);
  const [edited, setEdited] = useState(null);
  const newest = detail.data && { spec: detail.data.spec, version: detail.data.version, source: detail.data.service.source };
  if (!edited && newest) setEdited(newest);
  if (!edited) return null;
  const latest = async () => (await detail.refetch()).data;
  const reload = async () => {
    const theirs = await latest();
    setEdited({ spec: theirs.spec, version: theirs.version, source: theirs.service.source });
  };
  return <Editor key={edited.version} current={edited} latestVersion={async () => (await latest()).version} reload={reload} {...rest} />;
};

export const EditorDialog = ({ service, ...rest }) => (service ? <EditExisting service={service} {...rest} /> : <Editor current={null} {...rest} />);
