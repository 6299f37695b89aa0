using System.Collections.Immutable;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Stromboli.Architecture.Tests;

/// <summary>
/// Reads from a compiled assembly which of its types use which others: base types, interfaces, fields, signatures, local variables,
/// attributes and method bodies. A nested type, such as a closure or a state machine, counts as the type around it. The compiler copies the
/// value of a constant into its user and leaves no trace of the use; so a constant alone makes no dependency here.
/// </summary>
internal sealed class CompiledTypes : ISignatureTypeProvider<object?, object?>
{
    private static readonly Dictionary<int, OperandType> Operands = typeof(OpCodes)
        .GetFields()
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value & 0xffff, code => code.OperandType);

    private readonly MetadataReader _metadata;
    private readonly PEReader _file;
    private readonly HashSet<TypeUse> _uses = [];
    private string _user = "";

    private CompiledTypes(PEReader file)
    {
        _file = file;
        _metadata = file.GetMetadataReader();
    }

    /// <summary>The uses between types of one assembly, each once.</summary>
    /// <param name="assembly">The path of the assembly.</param>
    public static IReadOnlyCollection<TypeUse> Read(string assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly));
        var reader = new CompiledTypes(file);
        foreach (var handle in reader._metadata.TypeDefinitions)
        {
            reader.ReadType(handle);
        }

        return reader._uses;
    }

    private void ReadType(TypeDefinitionHandle handle)
    {
        var type = _metadata.GetTypeDefinition(handle);
        _user = OutermostName(handle);
        Use(type.BaseType);
        Attributes(type.GetCustomAttributes());
        Constraints(type.GetGenericParameters());
        foreach (var implemented in type.GetInterfaceImplementations())
        {
            Use(_metadata.GetInterfaceImplementation(implemented).Interface);
        }

        foreach (var field in type.GetFields().Select(_metadata.GetFieldDefinition))
        {
            field.DecodeSignature(this, null);
            Attributes(field.GetCustomAttributes());
        }

        foreach (var property in type.GetProperties().Select(_metadata.GetPropertyDefinition))
        {
            Attributes(property.GetCustomAttributes());
        }

        foreach (var method in type.GetMethods().Select(_metadata.GetMethodDefinition))
        {
            ReadMethod(method);
        }
    }

    private void ReadMethod(MethodDefinition method)
    {
        method.DecodeSignature(this, null);
        Attributes(method.GetCustomAttributes());
        Constraints(method.GetGenericParameters());
        if (method.RelativeVirtualAddress == 0)
        {
            return;
        }

        var body = _file.GetMethodBody(method.RelativeVirtualAddress);
        if (!body.LocalSignature.IsNil)
        {
            _metadata.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(this, null);
        }

        foreach (var region in body.ExceptionRegions)
        {
            Use(region.CatchType);
        }

        for (var code = body.GetILReader(); code.RemainingBytes > 0; )
        {
            ReadInstruction(ref code);
        }
    }

    private void ReadInstruction(ref BlobReader code)
    {
        int value = code.ReadByte();
        if (value == 0xfe)
        {
            value = 0xfe00 | code.ReadByte();
        }

        switch (Operands[value])
        {
            case OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType:
                Use(System.Reflection.Metadata.Ecma335.MetadataTokens.EntityHandle(code.ReadInt32()));
                break;
            case OperandType.InlineSwitch:
                var branches = code.ReadInt32();
                code.Offset += 4 * branches;
                break;
            case OperandType.InlineI8 or OperandType.InlineR:
                code.Offset += 8;
                break;
            case OperandType.InlineVar:
                code.Offset += 2;
                break;
            case OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar:
                code.Offset += 1;
                break;
            case OperandType.InlineNone:
                break;
            default:
                code.Offset += 4;
                break;
        }
    }

    private void Use(EntityHandle used)
    {
        if (used.IsNil)
        {
            return;
        }

        switch (used.Kind)
        {
            case HandleKind.TypeDefinition:
                Add((TypeDefinitionHandle)used);
                break;
            case HandleKind.TypeSpecification:
                _metadata.GetTypeSpecification((TypeSpecificationHandle)used).DecodeSignature(this, null);
                break;
            case HandleKind.FieldDefinition:
                Add(_metadata.GetFieldDefinition((FieldDefinitionHandle)used).GetDeclaringType());
                break;
            case HandleKind.MethodDefinition:
                Add(_metadata.GetMethodDefinition((MethodDefinitionHandle)used).GetDeclaringType());
                break;
            case HandleKind.MethodSpecification:
                var generic = _metadata.GetMethodSpecification((MethodSpecificationHandle)used);
                generic.DecodeSignature(this, null);
                Use(generic.Method);
                break;
            case HandleKind.MemberReference:
                Use(_metadata.GetMemberReference((MemberReferenceHandle)used).Parent);
                break;
        }
    }

    private void Attributes(CustomAttributeHandleCollection attributes)
    {
        foreach (var attribute in attributes)
        {
            Use(_metadata.GetCustomAttribute(attribute).Constructor);
        }
    }

    private void Constraints(GenericParameterHandleCollection parameters)
    {
        foreach (var constraint in parameters.SelectMany(parameter => _metadata.GetGenericParameter(parameter).GetConstraints()))
        {
            Use(_metadata.GetGenericParameterConstraint(constraint).Type);
        }
    }

    private void Add(TypeDefinitionHandle handle)
    {
        var used = OutermostName(handle);
        if (used != _user)
        {
            _uses.Add(new TypeUse(_user, used));
        }
    }

    private string OutermostName(TypeDefinitionHandle handle)
    {
        var type = _metadata.GetTypeDefinition(handle);
        while (type.IsNested)
        {
            type = _metadata.GetTypeDefinition(type.GetDeclaringType());
        }

        return $"{_metadata.GetString(type.Namespace)}.{_metadata.GetString(type.Name)}";
    }

    object? ISignatureTypeProvider<object?, object?>.GetTypeFromSpecification(
        MetadataReader reader,
        object? genericContext,
        TypeSpecificationHandle handle,
        byte rawTypeKind
    ) => reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);

    object? ISimpleTypeProvider<object?>.GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind)
    {
        Add(handle);
        return null;
    }

    // The decoder has gone through the parts of these types before it asks for the whole.
    object? ISimpleTypeProvider<object?>.GetPrimitiveType(PrimitiveTypeCode typeCode) => null;

    object? ISimpleTypeProvider<object?>.GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => null;

    object? ISZArrayTypeProvider<object?>.GetSZArrayType(object? elementType) => null;

    object? IConstructedTypeProvider<object?>.GetArrayType(object? elementType, ArrayShape shape) => null;

    object? IConstructedTypeProvider<object?>.GetByReferenceType(object? elementType) => null;

    object? IConstructedTypeProvider<object?>.GetGenericInstantiation(object? genericType, ImmutableArray<object?> typeArguments) => null;

    object? IConstructedTypeProvider<object?>.GetPointerType(object? elementType) => null;

    object? ISignatureTypeProvider<object?, object?>.GetFunctionPointerType(MethodSignature<object?> signature) => null;

    object? ISignatureTypeProvider<object?, object?>.GetGenericMethodParameter(object? genericContext, int index) => null;

    object? ISignatureTypeProvider<object?, object?>.GetGenericTypeParameter(object? genericContext, int index) => null;

    object? ISignatureTypeProvider<object?, object?>.GetModifiedType(object? modifier, object? unmodifiedType, bool isRequired) => null;

    object? ISignatureTypeProvider<object?, object?>.GetPinnedType(object? elementType) => null;
}
