namespace Stromboli.Crds.Schema;

/// <summary>
/// No field of this type may change once the object exists, save those marked <see cref="MutableAttribute"/>. Becomes one CEL rule for each
/// field: same presence, same value. The type must be a required field, or the rules could be passed by leaving it out.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ImmutableSpecAttribute : Attribute;
