using CoreEngine.Data;
using CoreEngine.Operators;

namespace CoreEngine.CApi;

/// <summary>A kind of data iterator as C sees it; its description stays for as long as the process lives.</summary>
internal sealed unsafe class IteratorEntry
{
    internal IteratorEntry(DataIteratorDef definition)
    {
        Definition = definition;
        IReadOnlyList<ParameterInfo> parameters = definition.Parameters;
        Name = Permanent.Text(definition.Name);
        Description = Permanent.Text(definition.Description);
        Count = (uint)parameters.Count;
        Names = Permanent.Texts([.. parameters.Select(p => p.Name)]);
        Types = Permanent.Texts([.. parameters.Select(p => p.TypeText)]);
        Abouts = Permanent.Texts([.. parameters.Select(p => $"Parameter {p.Name}.")]);
    }

    internal DataIteratorDef Definition { get; }

    internal byte* Name { get; }

    internal byte* Description { get; }

    internal uint Count { get; }

    internal byte** Names { get; }

    internal byte** Types { get; }

    internal byte** Abouts { get; }
}
