using System.Text.Json.Serialization;
using Stromboli.Podman.Models;

namespace Stromboli.Podman;

/// <summary>The serializer for libpod's API. Its names follow no convention, so each property states its own.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ErrorBody))]
[JsonSerializable(typeof(SpecGenerator))]
[JsonSerializable(typeof(ContainerCreated))]
[JsonSerializable(typeof(ReadingSpec))]
[JsonSerializable(typeof(PathStat))]
[JsonSerializable(typeof(ContainerInspection))]
[JsonSerializable(typeof(ContainerSummary[]))]
[JsonSerializable(typeof(RemoveReport[]))]
[JsonSerializable(typeof(ImageInspection))]
[JsonSerializable(typeof(ImageSummary[]))]
[JsonSerializable(typeof(PullReport))]
[JsonSerializable(typeof(VolumeCreate))]
[JsonSerializable(typeof(VolumeInspection))]
[JsonSerializable(typeof(VolumeInspection[]))]
[JsonSerializable(typeof(SecretInspection))]
[JsonSerializable(typeof(SystemInfo))]
[JsonSerializable(typeof(ContainerEvent))]
[JsonSerializable(typeof(Dictionary<string, string[]>))]
[JsonSerializable(typeof(RegistryAuthEntry))]
internal sealed partial class PodmanJson : JsonSerializerContext;
