import { useCreateMaintenance, useEndMaintenance, useMaintenance } from '../../../api/health.js';
import { MaintenanceDialog } from '../../../components/modals/MaintenanceDialog.jsx';
import { announce } from '../../../lib/announce.js';
import { windowsOn } from '../../../lib/maintenanceTimes.js';

export const MuteDialog = ({ service, byId, can, act }) => {
  const maintenance = useMaintenance();
  const create = useCreateMaintenance();
  const end = useEndMaintenance();
  const start = (spec) =>
    create.mutate(spec, {
      onSuccess: () => {
        announce(`${service.name} is in maintenance.`);
        act.close();
      },
    });
  return (
    <MaintenanceDialog
      service={service}
      groupSize={[...byId.values()].filter((one) => one.group === service.group).length}
      windows={windowsOn(maintenance.data?.maintenance ?? [], service)}
      can={can}
      problem={create.error ?? end.error}
      saving={create.isPending}
      ending={end.isPending}
      onStart={start}
      onEnd={(id) => end.mutate(id)}
      onClose={act.close}
    />
  );
};
