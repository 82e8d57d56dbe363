using CoreEngine.Runtime;

namespace CoreEngine.Perf;

/// <summary>An operation that does nothing: what is measured is the scheduler.</summary>
internal sealed class EmptyBody : OperationBody
{
    public override string Name => "empty";

    public override void Execute(ref OperationContext context) { }
}
