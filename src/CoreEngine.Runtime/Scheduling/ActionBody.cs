namespace CoreEngine.Runtime;

/// <summary>An operation made of a delegate: for set-up work and tests, where an allocation does not matter.</summary>
internal sealed class ActionBody(string name, Action action) : OperationBody
{
    public override string Name => name;

    public override void Execute(ref OperationContext context) => action();
}
