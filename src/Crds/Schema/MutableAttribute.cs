namespace Stromboli.Crds.Schema;

/// <summary>The field may change though its type is <see cref="ImmutableSpecAttribute"/>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class MutableAttribute : Attribute;
