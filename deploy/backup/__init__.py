"""All that Belfry must not lose, in one file, and back again.

PostgreSQL has all of it. NATS needs no copy: streams, consumers and buckets are declared and made anew; events are
stored as history and incidents too, and those not yet told wait in the outbox; timers and the gateways' copy of the
chain are set again by who owns them; deliveries are rows, and jobs on the bus only say so; measures are an hour's."""
