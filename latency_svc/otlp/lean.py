"""An export of metrics, read no deeper than is needed: the same protobuf with other types.

Points stay bytes: `columns` reads those of exponential histograms for all at once, which is a fraction of the work of
reading them in full. What is met but seldom is read in full from its bytes.
"""

from typing import Any

from google.protobuf.descriptor_pb2 import DescriptorProto, FieldDescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass

PACKAGE = "belfry.lean"
MANY = "repeated "
MESSAGES: dict[str, dict[int, tuple[str, str]]] = {
    "Export": {1: ("resource_metrics", MANY + "ResourceMetrics")},
    "ResourceMetrics": {1: ("resource", "bytes"), 2: ("scope_metrics", MANY + "ScopeMetrics")},
    "ScopeMetrics": {1: ("scope", "bytes"), 2: ("metrics", MANY + "Metric")},
    "Metric": {
        1: ("name", "bytes"),
        3: ("unit", "bytes"),
        5: ("gauge", "bytes"),
        7: ("sum", "bytes"),
        9: ("histogram", "bytes"),
        10: ("exponential_histogram", "bytes"),
        11: ("summary", "bytes"),
    },
    "Data": {1: ("data_points", MANY + "bytes")},  # of any kind
    "ExponentialHistogram": {1: ("data_points", MANY + "bytes"), 2: ("aggregation_temporality", "int32")},
}
KINDS = ("gauge", "sum", "histogram", "exponential_histogram", "summary")


def _classes() -> dict[str, Any]:
    file = FileDescriptorProto(name="lean.proto", package=PACKAGE, syntax="proto2")
    file.message_type.extend(_described(name, fields) for name, fields in MESSAGES.items())
    pool = DescriptorPool()
    pool.AddSerializedFile(file.SerializeToString())
    return {name: GetMessageClass(pool.FindMessageTypeByName(f"{PACKAGE}.{name}")) for name in MESSAGES}


def _described(name: str, fields: dict[int, tuple[str, str]]) -> DescriptorProto:
    message = DescriptorProto(name=name)
    for number, (field, kind) in fields.items():
        one = kind.removeprefix(MANY)
        described = message.field.add(name=field, number=number)
        described.label = FieldDescriptorProto.Label.Value("LABEL_REPEATED" if one != kind else "LABEL_OPTIONAL")
        if one in MESSAGES:
            described.type_name = f".{PACKAGE}.{one}"
        else:
            described.type = FieldDescriptorProto.Type.Value(f"TYPE_{one.upper()}")
    return message


_found = _classes()
Export, Data, ExponentialHistogram = _found["Export"], _found["Data"], _found["ExponentialHistogram"]
